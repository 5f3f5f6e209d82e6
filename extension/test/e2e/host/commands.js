const assert = require('node:assert/strict');
const vscode = require('vscode');
const { extension, uriOf, open, diagnostics, shown, until } = require('./help');

exports['each command of the manifest is there'] = async () => {
  await open('orders.go');
  await until('the extension is active', () => extension().isActive);
  const there = new Set(await vscode.commands.getCommands(true));
  const missing = extension().packageJSON.contributes.commands.map(c => c.command).filter(c => !there.has(c));
  assert.deepEqual(missing, []);
};

exports['escape hints are turned off and on again'] = async () => {
  await open('escape.go');
  const [d] = await shown(1, 'escape.go', 'escape');
  assert.equal(d.severity, vscode.DiagnosticSeverity.Hint);
  await vscode.commands.executeCommand('mapdiag.toggleEscapeHints');
  await shown(0, 'escape.go', 'escape');
  assert.equal(diagnostics('stock.go', 'unguarded').length, 1, 'a finding has gone with the hints');
  await vscode.commands.executeCommand('mapdiag.toggleEscapeHints');
  await shown(1, 'escape.go', 'escape');
};

exports['"Add Capacity Hint" mends the finding at the cursor'] = async () => {
  const editor = await open('orders.go');
  await shown(1, 'orders.go', 'sizehint');
  editor.selection = new vscode.Selection(10, 12, 10, 12);
  await vscode.commands.executeCommand('mapdiag.addCapacityHint');
  await until('the buffer is changed', () => editor.document.getText().includes('make(map[string]int, len(orders))'));
};

exports['"Fix All Safe Findings in File" mends one file'] = async () => {
  const editor = await open('report.go');
  await shown(2, 'report.go', 'sizehint');
  await vscode.commands.executeCommand('mapdiag.fixFile');
  await shown(0, 'report.go', 'sizehint');
  assert.match(editor.document.getText(), /make\(map\[string\]string, len\(orders\)\)/);
  assert.equal(diagnostics('orders.go', 'sizehint').length, 1);
};

exports['"Fix All Safe Findings in Workspace" mends files that are not open, too'] = async () => {
  await open('orders.go');
  await shown(1, 'orders.go', 'sizehint');
  await shown(2, 'report.go', 'sizehint');
  // The server refuses while files still change.
  await until('both files are mended', async () => {
    await vscode.commands.executeCommand('mapdiag.fixAllFiles');
    return diagnostics('orders.go', 'sizehint').length + diagnostics('report.go', 'sizehint').length === 0;
  });
  const report = await vscode.workspace.openTextDocument(uriOf('report.go'));
  assert.match(report.getText(), /make\(map\[string\]int64, len\(orders\)\)/);
  assert.equal(report.isDirty, true, 'the edit is saved, and cannot be taken back at once');
};

exports['"Explain Finding" opens the page of the rule'] = async () => {
  const editor = await open('stock.go');
  const [d] = await shown(1, 'stock.go', 'unguarded');
  editor.selection = new vscode.Selection(d.range.start, d.range.start);
  await vscode.commands.executeCommand('mapdiag.explainFinding');
  await until('the page is open', () => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof vscode.TabInputCustom && input.uri.toString() === 'mapdiag-rule:/unguarded';
  });
};
