// One browser for a whole run, and one code-server at a time. Each window is a browser
// context of its own, on a folder of its own, with an extension host of its own.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Window } from './window.mjs';

// What would get in the way of the tests, or asks the network.
const quiet = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.accessibilitySupport': 'off',
  'editor.minimap.enabled': false,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.gpuAcceleration': 'off', // else its text is a picture
  'update.mode': 'none',
  'window.confirmBeforeClose': 'never',
  'workbench.editor.enablePreview': false,
  'workbench.editor.useModal': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

export class VSCode {
  // start installs the packed extension into a new VS Code beneath dir.
  static async start(tools, dir, vsix, env) {
    const v = new VSCode();
    v.tools = tools;
    v.dir = dir;
    v.data = path.join(dir, 'data');
    v.extensions = path.join(dir, 'extensions');
    v.env = {
      ...process.env, ...env,
      HOME: dir, XDG_CACHE_HOME: path.join(dir, 'cache'), XDG_CONFIG_HOME: path.join(dir, 'config'), XDG_DATA_HOME: path.join(dir, 'share'),
      // Without a marketplace nothing looks for updates.
      EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    };
    // A terminal of VS Code sets it, and code-server would then only talk to that.
    delete v.env.VSCODE_IPC_HOOK_CLI;
    fs.mkdirSync(path.join(v.data, 'User'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'code-server.yaml'), 'auth: none\n');
    await line(v.run('--install-extension', vsix, '--force'), /successfully installed/, 120_000);
    try {
      const { chromium } = await import(tools.playwright);
      v.browser = await chromium.launch({
        executablePath: tools.chromium, env: v.env, timeout: 60_000,
        handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false, // the runner closes everything, not the window alone
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      });
      await v.serve(true);
    } catch (err) {
      await v.close();
      throw err;
    }
    return v;
  }

  run(...args) {
    const options = ['--config', path.join(this.dir, 'code-server.yaml'), '--user-data-dir', this.data, '--extensions-dir', this.extensions];
    return spawn(this.tools.node, [this.tools.server, ...options, ...args], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  }

  // serve starts code-server. Tests in extension hosts need the driver of smoke tests,
  // but with that VS Code shows no notifications.
  async serve(driver) {
    if (this.server && this.driver === driver) return;
    await this.stop();
    this.driver = driver;
    this.server = this.run('--auth', 'none', '--bind-addr', '127.0.0.1:0', '--disable-telemetry', '--disable-update-check',
      '--disable-getting-started-override', '--disable-proxy',
      '--vscode-option', 'force-disable-user-env', // a login shell of the other home has no go on its PATH
      '--reconnection-grace-time', '5', // else the extension hosts of closed windows go on for hours
      ...driver ? ['--vscode-option', 'enable-smoke-test-driver'] : []);
    const log = fs.createWriteStream(path.join(this.dir, 'code-server.log'), { flags: 'a' });
    this.server.stdout.pipe(log);
    this.server.stderr.pipe(log);
    [, this.url] = await line(this.server, /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/, 60_000);
  }

  async stop() {
    if (!this.server) return;
    const gone = new Promise(resolve => this.server.exitCode === null ? this.server.once('exit', resolve) : resolve());
    signal(-this.server.pid, 'SIGTERM');
    const timer = setTimeout(() => signal(-this.server.pid, 'SIGKILL'), 10_000);
    await gone;
    clearTimeout(timer);
    this.server = undefined;
  }

  // window opens a folder, or a .code-workspace file. With tests, the tests there
  // are run in its extension host.
  async window(folder, { settings = {}, tests, view = {} } = {}) {
    await this.serve(tests !== undefined);
    fs.writeFileSync(path.join(this.data, 'User/settings.json'), JSON.stringify({ ...quiet, ...settings }, null, 2));
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...view });
    context.setDefaultTimeout(60_000);
    // Nothing but the server here is to be reached.
    await context.route(url => url.protocol.startsWith('http') && url.origin !== this.url, route => route.abort());
    const page = await context.newPage();
    const query = new URLSearchParams({ [folder.endsWith('.code-workspace') ? 'workspace' : 'folder']: folder });
    const w = new Window(page, folder);
    if (tests) {
      const uri = file => `vscode-remote://${new URL(this.url).host}${file}`;
      query.set('payload', JSON.stringify([['extensionDevelopmentPath', uri(path.dirname(tests))], ['extensionTestsPath', uri(tests)]]));
      await page.exposeFunction('codeAutomationLog', () => {});
      w.exit = new Promise(resolve => page.exposeFunction('codeAutomationExit', resolve));
    }
    await page.goto(`${this.url}/?${query}`);
    await page.locator('.monaco-workbench').waitFor();
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    return w;
  }

  // bundled returns the path of a program that the installed extension brings along.
  bundled(program) {
    const [dir] = fs.readdirSync(this.extensions).filter(name => name.startsWith('mapdiag.'));
    return path.join(this.extensions, dir, 'extension/bin', program);
  }

  // close ends all processes, and returns those that had to be forced.
  async close() {
    await this.browser?.close().catch(() => {});
    await this.stop();
    let left = processesOf(this.dir);
    for (let i = 0; left.length > 0 && i < 50; i++) {
      await sleep(100);
      left = processesOf(this.dir);
    }
    for (const { pid } of left) signal(pid, 'SIGKILL');
    return left;
  }
}

// processesOf finds the processes whose command line or home has a folder.
export function processesOf(dir) {
  const read = file => {
    try {
      return fs.readFileSync(file, 'utf8').replaceAll('\0', '\n');
    } catch {
      return ''; // ended, or not ours
    }
  };
  return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(name => ({ pid: Number(name), command: read(`/proc/${name}/cmdline`).replaceAll('\n', ' '), env: read(`/proc/${name}/environ`) }))
    .filter(p => p.command && (p.command.includes(dir) || p.env.includes(`HOME=${dir}\n`)))
    .map(({ pid, command }) => ({ pid, command }));
}

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}

// line waits until a process has written what is looked for.
function line(child, wanted, ms) {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = why => {
      signal(-child.pid, 'SIGKILL');
      reject(new Error(`code-server ${why} before it wrote ${wanted}:\n${text}`));
    };
    const timer = setTimeout(() => fail(`took more than ${ms / 1000} s`), ms);
    const read = chunk => {
      text += chunk;
      const match = wanted.exec(text);
      if (!match) return;
      clearTimeout(timer);
      resolve(match);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', code => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}
