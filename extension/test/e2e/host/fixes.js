const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const { uriOf, open, shown, actions, replace, set, until } = require('./help');

const hint = 'Add capacity hint len(orders)';

exports['the quick fix changes the make and nothing else'] = async () => {
  const editor = await open('orders.go');
  const before = editor.document.getText();
  const [d] = await shown(1, 'orders.go', 'sizehint');
  const list = await actions(editor.document.uri, d.range, 'quickfix', hint);
  const fix = list.find(a => a.title === hint);
  assert.equal(fix.isPreferred, true);
  assert.ok(fix.edit, 'the edit is not resolved');
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.equal(editor.document.getText(), before.replace('make(map[string]int)', 'make(map[string]int, len(orders))'));
  await shown(0, 'orders.go', 'sizehint');
};

exports['the finding can be silenced with a comment'] = async () => {
  const editor = await open('orders.go');
  const [d] = await shown(1, 'orders.go', 'sizehint');
  const list = await actions(editor.document.uri, d.range, 'quickfix', hint);
  const fix = list.find(a => /ignore|suppress|silence/i.test(a.title));
  assert.ok(fix, `offered: ${list.map(a => a.title).join(', ')}`);
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.match(editor.document.getText(), /\/\/mapdiag:ignore sizehint/);
  await shown(0, 'orders.go', 'sizehint');
};

exports['all safe fixes are made on save, where that is set'] = async () => {
  await set('editor.codeActionsOnSave', { 'source.fixAll.mapdiag': 'explicit' });
  const editor = await open('report.go');
  await shown(2, 'report.go', 'sizehint');
  await replace(editor, 'and the customers.', 'and its customer.');
  // The first save can come before the client has registered its actions.
  const file = uriOf('report.go').fsPath;
  await until('both makes have sizes', async () => {
    await editor.document.save();
    const text = fs.readFileSync(file, 'utf8');
    return text.includes('make(map[string]int64, len(orders))') && text.includes('make(map[string]string, len(orders))');
  });
  assert.equal(editor.document.isDirty, false);
  await shown(0, 'report.go', 'sizehint');
};

exports['nothing is fixed on save by default'] = async () => {
  const editor = await open('report.go');
  await shown(2, 'report.go', 'sizehint');
  await replace(editor, 'and the customers.', 'and its customer.');
  await editor.document.save();
  const text = fs.readFileSync(uriOf('report.go').fsPath, 'utf8');
  assert.ok(text.includes('and its customer.') && text.includes('make(map[string]int64)\n'), text);
};
