// Runs inside the extension host, where the API is: what needs no eyes is tested
// here. Each outcome is a line of JSON in a file that the runner reads.
const fs = require('node:fs');
const { reset } = require('./help');

const tests = [require('./activation'), require('./findings'), require('./fixes'), require('./settings'), require('./commands'), require('./modules'), require('./server')];

exports.run = async () => {
  const only = new RegExp(process.env.MAPDIAG_E2E_ONLY ?? '');
  for (const [name, test] of tests.flatMap(group => Object.entries(group))) {
    if (!only.test(name)) continue;
    const start = Date.now();
    let error;
    try {
      await test();
    } catch (err) {
      error = short(err);
    }
    await reset().catch(err => { error ??= `after the test: ${short(err)}`; });
    fs.appendFileSync(process.env.MAPDIAG_E2E_RESULTS, JSON.stringify({ name, ms: Date.now() - start, error }) + '\n');
  }
};

// short leaves out where in VS Code an error was made.
function short(err) {
  return String(err.stack ?? err).split('\n').filter(line => !/^\s+at .*workbench\.js/.test(line)).join('\n');
}
