// Runs the tests of host/ inside the extension host of a workspace with two folders.
import fs from 'node:fs';
import path from 'node:path';

export async function run(suite, { vscode, workspace, work }) {
  const file = path.join(work, 'two.code-workspace');
  workspace('first');
  workspace('second', { 'mapdiag.rules.sizehint.enabled': false });
  fs.writeFileSync(file, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
  const w = await vscode.window(file, { tests: path.join(import.meta.dirname, 'host/index.js') });
  try {
    let read = 0, done = false;
    const ended = await Promise.race([w.exit, follow()]);
    done = true;
    note();
    if (ended !== 0) {
      await w.shot(path.join(suite.out, 'host.png'));
      suite.note('the tests in the extension host end', 0, `exit code ${ended}; see host.png and logs/*/exthost*/remoteexthost.log`);
    }

    // follow prints outcomes as they come, and gives up when none does for long.
    async function follow() {
      for (let last = Date.now(); !done && Date.now() - last < 120_000;) {
        await new Promise(resolve => setTimeout(resolve, 250));
        if (note() > 0) last = Date.now();
      }
      return 'none: nothing for two minutes';
    }
    function note() {
      const results = path.join(work, 'results.jsonl');
      if (!fs.existsSync(results)) return 0;
      const lines = fs.readFileSync(results, 'utf8').split('\n').slice(0, -1);
      const fresh = lines.slice(read);
      read = lines.length;
      for (const { name, ms, error } of fresh.map(line => JSON.parse(line))) suite.note(name, ms, error);
      return fresh.length;
    }
  } finally {
    await w.close();
  }
}
