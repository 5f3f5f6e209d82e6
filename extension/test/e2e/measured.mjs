// What was measured of maps, above the lines that make them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { until } from './until.js';

export async function run(suite, { vscode, workspace }) {
  const w = await vscode.window(workspace('measured', undefined, 'measured'));
  // The profile is of the Go that is used here, whichever that is.
  const profile = JSON.parse(fs.readFileSync(path.join(w.folder, 'profile.json'), 'utf8'));
  profile.go = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim();
  profile.recorded = new Date(Date.now() - 24 * 3600 * 1000).toISOString();
  const file = path.join(w.folder, '.mapdiag/profile.json');
  fs.rmSync(path.join(w.folder, 'profile.json'));
  const lens = text => w.editor().locator('.codelens-decoration a', { hasText: text });
  try {
    await suite.test('a profile appears, and lenses tell what was measured', w, async () => {
      await w.open('visits.go');
      await until('the server looks at the file', async () => /mapls /.test(await w.languageStatus()));
      assert.equal(await lens('made').count(), 0);
      fs.mkdirSync(path.dirname(file));
      fs.writeFileSync(file, JSON.stringify(profile));
      await lens('made 12 400 times · p50 260, p95 310 entries').waitFor();
      await lens('made 1000 times · p50 3, p95 8 entries').waitFor();
      await w.squiggles('info').first().waitFor();
    });

    await suite.test('the hover tells who made the maps, and what a hint saves', w, async () => {
      const card = await w.hover(w.word('make'));
      const text = await until('the card is whole', async () => {
        const text = await card.innerText();
        return text.includes('Made by') && text;
      });
      assert.match(text, /A hint would save: .*with the hint 310/);
      assert.match(text, /alive|when they died/i);
      const link = card.locator('a', { hasText: 'visits.Words' });
      assert.match(await link.getAttribute('data-href') ?? await link.getAttribute('href'), /visits\.go#L18$/);
    });

    await suite.test('a click on the lens shows the numbers', w, async () => {
      await lens('made 12 400 times').click();
      const dialog = w.page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      assert.match(await dialog.innerText(), /12 000 times by visits\.Words/);
      await suite.picture(w, 'measured dialog');
      await w.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
    });

    await suite.test('Ctrl+. writes the measured hint, and the numbers are those before', w, async () => {
      await w.goto(7, 14);
      const titles = await w.quickFixes('Add capacity hint 310');
      assert.match(titles[0], /^Add capacity hint 310 \(p95 of 12 400 maps in profile of \d{4}-\d\d-\d\d\)$/);
      await suite.picture(w, 'measured fix');
      await w.page.locator('.action-widget .monaco-list-row.action').first().click();
      await until('the buffer is changed', async () => (await w.text()).includes('make(map[string]int, 310)'));
      await w.squiggles('info').first().waitFor({ state: 'detached' });
      await lens('before the last change').waitFor();
      assert.match(await w.saved('visits.go'), /\tvisits := make\(map\[string\]int, 310\)/);
    });

    await suite.test('a broken profile is told of, and without one there are no numbers', w, async () => {
      fs.writeFileSync(file, JSON.stringify(profile).slice(0, 500));
      const toast = w.toast('it ends too early');
      await toast.waitFor();
      assert.equal(await lens('made').count(), 2);
      fs.rmSync(file);
      await lens('made').first().waitFor({ state: 'detached' });
    });
  } finally {
    await w.close();
  }
}
