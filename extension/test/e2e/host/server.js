const assert = require('node:assert/strict');
const vscode = require('vscode');
const { open, shown, replace, servers, oneServer, sleep, until } = require('./help');

exports['a server that is killed is started again'] = async () => {
  const editor = await open('orders.go');
  await shown(1, 'orders.go', 'sizehint');
  const before = await oneServer();
  process.kill(before, 'SIGKILL');
  await oneServer(before);
  await shown(1, 'orders.go', 'sizehint');
  // It is the new server that speaks: it follows an edit.
  await replace(editor, 'make(map[string]int)', 'make(map[string]int, len(orders))');
  await shown(0, 'orders.go', 'sizehint');
};

exports['the restart command replaces the server'] = async () => {
  await open('orders.go');
  const before = await oneServer();
  await vscode.commands.executeCommand('mapdiag.restartServer');
  await oneServer(before);
  await shown(1, 'orders.go', 'sizehint');
};

exports['restarts at the same time leave one server'] = async () => {
  await open('orders.go');
  await oneServer();
  await Promise.all(Array.from({ length: 5 }, () => vscode.commands.executeCommand('mapdiag.restartServer')));
  await oneServer();
  await shown(1, 'orders.go', 'sizehint');
  await sleep(1000);
  assert.equal(servers().length, 1);
};

exports['a stopped server leaves no findings, and starts when asked'] = async () => {
  await open('orders.go');
  await shown(1, 'orders.go', 'sizehint');
  await vscode.commands.executeCommand('mapdiag.stopServer');
  await until('no server runs', () => servers().length === 0);
  await shown(0, 'orders.go', 'sizehint');
  await vscode.commands.executeCommand('mapdiag.startServer');
  await oneServer();
  await shown(1, 'orders.go', 'sizehint');
};
