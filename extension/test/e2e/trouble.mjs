// What a user is told when the server is missing or crashes, and the way back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { until } from './until.js';
import { processesOf } from './vscode.mjs';

export async function run(suite, { vscode, workspace, work }) {
  const nowhere = path.join(work, 'no-such-mapls');
  const dir = workspace('trouble', { 'mapdiag.server.path': nowhere });
  const w = await vscode.window(dir);
  try {
    await suite.test('a server path that names nothing is told, and counts no more when it is mended', w, async () => {
      await w.open('orders.go');
      const toast = w.toast('mapdiag.server.path');
      await toast.waitFor();
      assert.match(await toast.innerText(), /no-such-mapls, which is no program that can be run/);
      await suite.picture(w, 'server path toast');
      await toast.locator('.monaco-button', { hasText: 'Open Setting' }).click();
      await w.page.locator('.settings-editor', { hasText: 'Server: Path' }).waitFor();
      fs.rmSync(path.join(dir, '.vscode/settings.json'));
      await w.open('orders.go');
      await w.squiggles('info').first().waitFor();
    });

    await suite.test('a server that is missing is told, and "Try Again" starts it once it is there', w, async () => {
      const server = vscode.bundled('mapls');
      fs.renameSync(server, `${server}.away`);
      try {
        await w.command('mapdiag: Restart Server');
        const toast = w.toast('mapls is neither in the extension nor on the PATH');
        await toast.waitFor();
        await suite.picture(w, 'server missing toast');
        await w.squiggles('info').first().waitFor({ state: 'detached' });
        fs.renameSync(`${server}.away`, server);
        await toast.locator('.monaco-button', { hasText: 'Try Again' }).click();
      } finally {
        if (fs.existsSync(`${server}.away`)) fs.renameSync(`${server}.away`, server);
      }
      await w.open('orders.go');
      await w.squiggles('info').first().waitFor();
    });

    await suite.test('a server that crashes for the sixth time is not started again by itself', w, async () => {
      const servers = () => processesOf(work).filter(p => p.command.startsWith(vscode.bundled('mapls')));
      const toast = w.toast('has crashed');
      for (let killed = [], i = 1; i <= 6; i++) {
        const pid = await until(`a server runs after ${i - 1} crashes`, async () => {
          const list = servers().filter(p => !killed.includes(p.pid));
          // A server that is still starting is another case.
          return list.length === 1 && /mapls \S+/.test(await w.languageStatus()) && list[0].pid;
        });
        assert.equal(await toast.count(), 0, `after ${i - 1} crashes`);
        process.kill(pid, 'SIGKILL');
        killed.push(pid);
      }
      await toast.waitFor();
      assert.deepEqual(servers(), []);
      await suite.picture(w, 'crash toast');
      await toast.locator('.monaco-button', { hasText: 'Try Again' }).click();
      await w.open('orders.go');
      await w.squiggles('info').first().waitFor();
    });
  } finally {
    await w.close();
  }
}
