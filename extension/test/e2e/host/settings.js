const assert = require('node:assert/strict');
const { open, shown, set, oneServer, sleep } = require('./help');

exports['a rule that is turned off is silent at once, with the same server'] = async () => {
  await open('orders.go');
  await shown(1, 'orders.go', 'sizehint');
  const before = await oneServer();
  await set('mapdiag.rules.sizehint.enabled', false);
  await shown(0, 'orders.go', 'sizehint');
  await shown(1, 'stock.go', 'unguarded');
  await set('mapdiag.rules.sizehint.enabled', undefined);
  await shown(1, 'orders.go', 'sizehint');
  assert.equal(await oneServer(), before);
};

exports['a lower level shows possible findings, in its own folder only'] = async () => {
  await open('customers.go');
  await open('customers.go', 1);
  await shown(0, 'customers.go', 'sizehint');
  await set('mapdiag.rules.sizehint.level', 'possible');
  await shown(1, 'customers.go', 'sizehint');
  await shown(0, 'customers.go', 'sizehint', 1);
};

exports['the settings of a folder count for that folder'] = async () => {
  await open('orders.go', 1);
  await shown(1, 'stock.go', 'unguarded', 1);
  await shown(0, 'orders.go', 'sizehint', 1); // its settings turn the rule off
  await shown(1, 'orders.go', 'sizehint');
};

exports['escape hints stay when a rule gets other settings'] = async () => {
  await open('customers.go');
  await open('escape.go');
  await shown(1, 'escape.go', 'escape');
  await set('mapdiag.rules.sizehint.level', 'possible');
  await shown(1, 'customers.go', 'sizehint');
  await sleep(1000); // until they have gone, if they go
  await shown(1, 'escape.go', 'escape');
};
