const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const { uriOf, open, diagnostics, codeOf, shown, replace, sleep, until } = require('./help');

exports['a finding has its place, text, severity and evidence'] = async () => {
  await open('orders.go');
  const [d] = await shown(1, 'orders.go', 'sizehint');
  assert.match(d.message, /^map is made without its size, len\(orders\); 100 entries: /);
  assert.deepEqual(d.range, new vscode.Range(10, 9, 10, 29));
  assert.equal(d.severity, vscode.DiagnosticSeverity.Information);
  const [evidence] = d.relatedInformation;
  assert.equal(evidence.location.uri.fsPath, uriOf('orders.go').fsPath);
  assert.equal(evidence.location.range.start.line, 11);
  assert.match(evidence.message, /adds len\(orders\) entries/);
};

exports['the code of a finding links to a page that is here'] = async () => {
  await open('stock.go');
  const [d] = await shown(1, 'stock.go', 'unguarded');
  assert.equal(d.code.target.scheme, 'mapdiag-rule');
};

exports['files that are not open are looked at, too'] = async () => {
  await open('orders.go');
  await shown(2, 'report.go', 'sizehint');
  await shown(1, 'stock.go', 'unguarded');
};

exports['nothing is reported twice'] = async () => {
  for (const name of ['orders.go', 'report.go', 'stock.go', 'escape.go']) await open(name);
  await shown(2, 'report.go', 'sizehint');
  await shown(1, 'escape.go', 'escape');
  await sleep(2000); // what comes late is to be seen, too
  for (const [uri, list] of vscode.languages.getDiagnostics()) {
    const seen = list.map(d => `${d.range.start.line}:${d.range.start.character} ${d.message}`);
    assert.deepEqual(seen, [...new Set(seen)], uri.fsPath);
  }
  assert.equal(diagnostics('orders.go').length, 1);
};

exports['a finding goes when the code is mended and comes back with undo'] = async () => {
  const editor = await open('orders.go');
  await shown(1, 'orders.go', 'sizehint');
  await replace(editor, 'make(map[string]int)', 'make(map[string]int, len(orders))');
  await shown(0, 'orders.go', 'sizehint');
  await vscode.commands.executeCommand('undo');
  await shown(1, 'orders.go', 'sizehint');
};

exports['a file that another program writes is looked at, and one that it removes forgotten'] = async () => {
  await open('orders.go');
  const file = uriOf('new.go').fsPath;
  try {
    fs.writeFileSync(file, fs.readFileSync(uriOf('orders.go').fsPath, 'utf8').replace(/type Order[^}]*}/, '').replace('func Index', 'func Positions'));
    await shown(1, 'new.go', 'sizehint');
  } finally {
    fs.rmSync(file);
  }
  await shown(0, 'new.go');
};

exports['a hover tells what the map costs'] = async () => {
  await open('orders.go');
  const text = await until('a hover', async () => {
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', uriOf('orders.go'), new vscode.Position(10, 12));
    return hovers.flatMap(h => h.contents).map(c => c.value ?? c).join('\n');
  });
  assert.match(text, /map\[string\]int/);
  assert.match(text, /KiB/);
};

exports['each folder of the workspace is analysed'] = async () => {
  await open('stock.go', 1);
  const [d] = await shown(1, 'stock.go', 'unguarded', 1);
  assert.equal(codeOf(d), 'unguarded');
};
