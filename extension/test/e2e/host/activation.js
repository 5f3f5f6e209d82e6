const assert = require('node:assert/strict');
const { extension, open, servers, oneServer, until } = require('./help');

exports['nothing runs before a Go file is open'] = async () => {
  assert.ok(extension(), `${process.env.MAPDIAG_E2E_EXTENSION} is not installed`);
  assert.equal(extension().isActive, false);
  assert.deepEqual(servers(), []);
};

exports['a Go file starts one server'] = async () => {
  await open('orders.go');
  await until('the extension is active', () => extension().isActive);
  await oneServer();
};
