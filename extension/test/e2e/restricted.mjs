// A folder whose author is not trusted: nothing that it names is run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { until } from './until.js';

export async function run(suite, { vscode, workspace, work }) {
  // The folder names a server of its own. That one is a real server, and notes that
  // it has been run.
  const program = path.join(work, 'own-mapls');
  const trace = path.join(work, 'own-mapls.ran');
  fs.writeFileSync(program, `#!/bin/sh\necho x >>'${trace}'\nexec '${vscode.bundled('mapls')}' "$@"\n`, { mode: 0o755 });
  const w = await vscode.window(workspace('restricted', { 'mapdiag.server.path': program }), {
    settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
  });
  try {
    await suite.test('an untrusted folder gets findings from the bundled server, and no compiler is run', w, async () => {
      await w.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
      await w.open('escape.go');
      await w.open('orders.go');
      await w.squiggles('info').first().waitFor();
      const text = await until('the status tells it', async () => {
        const text = await w.languageStatus();
        return /Restricted Mode/.test(text) && text;
      });
      assert.match(text, /4 findings/);
      await w.open('escape.go');
      await w.page.waitForTimeout(3000); // it takes about one where the compiler is asked
      assert.equal(await w.squiggles('hint').count(), 0, 'escape hints');
      assert.equal(fs.existsSync(trace), false, `${program} was run`);
    });

    await suite.test('trust brings its own server and the escape hints', w, async () => {
      await w.command('Workspaces: Manage Workspace Trust');
      await w.page.locator('.workspace-trust-editor a.monaco-button', { hasText: /^Trust/ }).first().click();
      await w.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
      await w.open('escape.go');
      await w.squiggles('hint').first().waitFor();
      assert.equal(fs.existsSync(trace), true, `${program} was not run`);
    });
  } finally {
    await w.close();
  }
}
