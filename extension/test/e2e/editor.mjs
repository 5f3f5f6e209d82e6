// What a user sees and does while writing code.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { until } from './until.js';

export async function run(suite, { vscode, workspace }) {
  const w = await vscode.window(workspace('editor'));
  try {
    await suite.test('a finding is underlined, and its text is under Problems', w, async () => {
      await w.open('orders.go');
      await w.squiggles('info').first().waitFor();
      const rows = await until('the text is there', async () => {
        const rows = await w.problems();
        return rows.some(row => row.includes('map is made without its size, len(orders)')) && rows;
      });
      assert.equal(await w.squiggles('info').count(), 1, 'squiggles');
      assert.equal(rows.filter(row => row.includes('[Ln 11, Col 10]')).length, 1, rows.join('\n'));
    });

    await suite.test('nothing stands twice among the problems, also after go vet', w, async () => {
      for (const file of ['report.go', 'stock.go', 'escape.go', 'orders.go']) await w.open(file);
      await w.command('mapdiag: Run go vet with mapvet');
      await w.page.locator('.xterm-rows', { hasText: 'exit code: 1' }).waitFor();
      await w.page.waitForTimeout(2000); // what comes late is to be seen, too
      assert.equal(await w.problemCount(), 4);
    });

    await suite.test('the code of a finding opens the page about the rule', w, async () => {
      await w.open('orders.go');
      await w.problems();
      const row = w.page.locator('.markers-panel .monaco-list-row', { hasText: '[Ln 11, Col 10]' });
      await row.locator('a', { hasText: 'sizehint' }).click();
      await w.page.locator('.tab.active', { hasText: 'sizehint' }).waitFor();
      const page = w.webview();
      await page.locator('h1', { hasText: 'sizehint' }).waitFor();
      assert.match(await page.locator('body').innerText(), /Why it matters/);
    });

    await suite.test('the hover tells the finding, and what the map costs', w, async () => {
      await w.open('orders.go');
      await w.squiggles('info').first().waitFor();
      const card = await w.hover(w.squiggles('info').first());
      const text = await until('the card is whole', async () => {
        const text = await card.innerText();
        return text.includes('map is made without its size') && text.includes('map[string]int') && text;
      });
      assert.match(text, /sizehint/);
    });

    await suite.test('the status tells the number of findings', w, async () => {
      await w.open('orders.go');
      const text = await until('the findings are counted', async () => {
        const text = await w.languageStatus();
        return /mapdiag: 4 findings/.test(text) && text;
      });
      assert.match(text, /mapls /);
    });

    await suite.test('Ctrl+. adds the capacity hint, and the finding goes', w, async () => {
      await w.open('orders.go');
      await w.squiggles('info').first().waitFor();
      await w.goto(11, 12);
      const titles = await w.quickFixes('Add capacity hint');
      assert.equal(titles[0], 'Add capacity hint len(orders)');
      await w.page.locator('.action-widget .monaco-list-row.action').first().click();
      await until('the buffer is changed', async () => (await w.text()).includes('make(map[string]int, len(orders))'));
      await w.squiggles('info').first().waitFor({ state: 'detached' });
      assert.match(await w.saved('orders.go'), /\tbyID := make\(map\[string\]int, len\(orders\)\)\n/);
    });

    await suite.test('commands are offered where they can be run', w, async () => {
      await w.open('report.go');
      const running = await w.commands('mapdiag: ');
      for (const title of ['Stop Server', 'Restart Server', 'Toggle Escape Analysis', 'Fix All Safe Findings in File']) {
        assert.ok(running.includes(`mapdiag: ${title}`), `${title} is not among ${running.join(', ')}`);
      }
      assert.ok(!running.includes('mapdiag: Start Server'), 'a running server can be started');
      await w.command('mapdiag: Stop Server');
      await w.squiggles('info').first().waitFor({ state: 'detached' });
      const stopped = await w.commands('mapdiag: ');
      assert.ok(!stopped.includes('mapdiag: Stop Server') && !stopped.includes('mapdiag: Toggle Escape Analysis'), stopped.join(', '));
      await w.command('mapdiag: Start Server');
      await w.squiggles('info').first().waitFor();
    });

    await suite.test('the walkthrough has a picture for each step', w, async () => {
      await w.command('View: Close Primary Side Bar'); // else it is too narrow for pictures
      await w.quickInput('F1', '>Welcome: Open Walkthrough...');
      await w.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Welcome: Open Walkthrough...' }).first().click();
      await w.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Get started with mapdiag' }).first().click();
      for (const title of ['Open a Go module', 'Take the fix', 'See what a map costs', 'Let CI see the same']) {
        const step = w.page.locator('.getting-started-step', { hasText: title });
        if (!/expanded/.test(await step.getAttribute('class'))) await step.click();
        await until(`${title} has its picture`, () => w.webview().locator('img').evaluate(img => img.complete && img.naturalWidth > 500));
        await suite.picture(w, `walkthrough ${title}`);
      }
    });

    await suite.test('go vet with mapvet as a task lists what the server does not', w, async () => {
      await w.page.keyboard.press('Control+KeyK');
      await w.page.keyboard.press('Control+KeyW'); // the task lists the problems of closed files
      fs.mkdirSync(path.join(w.folder, '.vscode'));
      fs.writeFileSync(path.join(w.folder, '.vscode/settings.json'), '{"mapdiag.workspaceDiagnostics": "off"}');
      await w.open('stock.go');
      await until('the server lists one finding', async () => await w.problemCount() === 1);
      await w.command('mapdiag: Run go vet with mapvet');
      const rows = await until('go vet lists others', async () => {
        const rows = (await w.problems()).filter(row => row.includes('mapvet'));
        return rows.length > 0 && await w.problemCount() > 2 && rows;
      });
      assert.equal(rows.length, 2, rows.join('\n')); // those of report.go; orders.go is mended
      assert.equal(await w.problemCount(), 3);
    });
  } finally {
    await w.close();
  }
}
