// node extension/test/e2e/run.mjs FILE.vsix [--parts PART,...] [--only REGEXP] [--pictures]
//
// installs the packed extension into a real VS Code and tests it there. The parts
// are host, editor, measured, restricted and trouble, each a window; --only takes the tests
// whose names match. --pictures makes the pictures of the README and the
// walkthrough instead.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { install } from './tools.mjs';
import { VSCode } from './vscode.mjs';
import { Suite } from './suite.mjs';

const here = import.meta.dirname;
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, parts: { type: 'string', default: 'host,editor,measured,restricted,trouble' }, pictures: { type: 'boolean' } },
});
const [vsix] = positionals;
const out = path.join(here, 'out'); // pictures and logs; git ignores it

if (positionals.length !== 1 || !fs.existsSync(vsix)) {
  console.error('usage: node extension/test/e2e/run.mjs FILE.vsix [--parts PART,...] [--only REGEXP] [--pictures]');
  process.exit(2);
}

let tools;
try {
  tools = await install(text => console.log(`e2e: ${text}`));
} catch (err) {
  console.error(`e2e: what the tests run in cannot be installed: ${err.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

// The tests change their workspaces: each window has a copy, and all that VS Code
// writes goes there too.
const work = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mapdiag-e2e-')));
const workspace = (name, settings, from = 'shop') => {
  const dir = path.join(work, name);
  fs.cpSync(path.join(here, 'testdata', from), dir, { recursive: true });
  if (settings) {
    fs.mkdirSync(path.join(dir, '.vscode'), { recursive: true });
    fs.writeFileSync(path.join(dir, '.vscode/settings.json'), JSON.stringify(settings, null, 2));
  }
  return dir;
};

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const manifest = JSON.parse(fs.readFileSync(path.join(here, '../../../package.json'), 'utf8'));
const suite = new Suite(out, options.only);
let vscode;

// Ctrl+C ends what has been started, too.
for (const name of ['SIGINT', 'SIGTERM']) {
  process.once(name, async () => {
    suite.stopped = true;
    await vscode?.close();
    fs.rmSync(work, { recursive: true, force: true });
    process.exit(1);
  });
}

const start = Date.now();
let ok = false;
try {
  // The home is another, but what the go command has built is used.
  const env = Object.fromEntries(['GOCACHE', 'GOMODCACHE', 'GOPATH', 'GOROOT'].map(name => [name, goEnv(name)]));
  // A mapls of the machine must not stand in for the packed one.
  env.PATH = process.env.PATH.split(':').filter(dir => !fs.existsSync(path.join(dir, 'mapls'))).join(':');
  vscode = await VSCode.start(tools, work, path.resolve(vsix), {
    ...env, MAPDIAG_E2E_EXTENSION: `${manifest.publisher}.${manifest.name}`, MAPDIAG_E2E_RESULTS: path.join(work, 'results.jsonl'),
    MAPDIAG_E2E_ONLY: options.only ?? '',
  });
  console.log(`e2e: VS Code is up (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  const context = { vscode, workspace, work, manifest, out };
  const parts = options.pictures ? ['pictures'] : options.parts.split(',');
  for (const name of parts) {
    try {
      const part = await import(`./${name}.mjs`);
      await part.run(suite, context);
    } catch (err) {
      suite.note(`window ${name}`, 0, err.stack);
    }
  }
} catch (err) {
  suite.note('VS Code starts', Date.now() - start, err.stack);
} finally {
  const left = await vscode?.close() ?? [];
  keepLogs();
  fs.rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  if (!options.pictures) {
    suite.note('no process is left behind', 0, left.length > 0 && left.map(p => `${p.pid} ${p.command}`).join('\n'));
  }
  console.log(`e2e: took ${Math.round((Date.now() - start) / 1000)} s; pictures and logs are in ${path.relative(process.cwd(), out) || '.'}`);
  ok = suite.end();
}
process.exitCode = ok ? 0 : 1;

function goEnv(name) {
  return execFileSync('go', ['env', name], { encoding: 'utf8' }).trim();
}

// keepLogs copies what the extension and the extension hosts have logged.
function keepLogs() {
  const logs = path.join(work, 'data/logs');
  if (fs.existsSync(logs)) fs.cpSync(logs, path.join(out, 'logs'), { recursive: true });
  const server = path.join(work, 'code-server.log');
  if (fs.existsSync(server)) fs.cpSync(server, path.join(out, 'logs/code-server.log'));
}
