// The pictures of the README and the walkthrough, each cut to what it is about.
import fs from 'node:fs';
import path from 'node:path';
import { until } from './until.js';

const media = path.join(import.meta.dirname, '../../media');

// More pixels keep text sharp where a picture is scaled.
const view = { viewport: { width: 900, height: 560 }, deviceScaleFactor: 1.5 };
const settings = {
  'breadcrumbs.enabled': false,
  'editor.fontSize': 15,
  'editor.hover.hidingDelay': 2000,
  'editor.renderLineHighlight': 'none',
  'editor.matchBrackets': 'never',
  'editor.occurrencesHighlight': 'off',
  'editor.stickyScroll.enabled': false,
  'terminal.integrated.fontSize': 13,
  'workbench.activityBar.location': 'hidden',
};
const titleBar = 36; // it is left out

export async function run(suite, { vscode, workspace }) {
  fs.mkdirSync(media, { recursive: true });
  const w = await vscode.window(workspace('shop'), { settings, view });
  const { page } = w;
  const make = (name, fn) => suite.test(`picture ${name}`, w, async () => {
    const size = await fn();
    const file = path.join(media, `${name}.png`);
    await w.shot(file, { clip: { x: 0, y: titleBar, ...size } });
    const bytes = fs.statSync(file).size;
    console.log(`    ${path.relative(process.cwd(), file)}: ${bytes >> 10} KiB`);
    if (bytes > 200 << 10) throw new Error(`${file} has ${bytes >> 10} KiB; more than 200 is too much`);
  });
  // away takes the mouse where nothing reacts to it.
  const away = () => page.mouse.move(880, 300);
  try {
    await w.open('orders.go');
    await w.squiggles('info').first().waitFor();
    await w.command('View: Close Primary Side Bar');

    await make('fix', async () => {
      await w.goto(11, 10);
      await away();
      await w.quickFixes('Add capacity hint');
      await page.waitForTimeout(500);
      return { width: 700, height: 390 };
    });

    await make('hover', async () => {
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: view.viewport.width, height: 900 }); // a hover takes a part of the height
      await w.open('escape.go');
      await w.command('View: Close Other Editors');
      await w.goto(10);
      await w.command('mapdiag: Toggle Escape Analysis'); // else the hint hides half of the card
      await w.squiggles('hint').first().waitFor({ state: 'detached' });
      const card = await w.hover(w.word('make'));
      await until('the card is whole', async () => (await card.innerText()).includes('KiB'));
      await page.waitForTimeout(500);
      return { width: 840, height: 410 };
    });
    await w.command('mapdiag: Toggle Escape Analysis');
    await page.setViewportSize(view.viewport);

    await make('finding', async () => {
      await w.open('orders.go');
      await w.command('View: Close Other Editors');
      await w.goto(12);
      await w.problems();
      await until('all findings are listed', async () => await w.problemCount() === 4);
      await page.keyboard.press('Control+Digit1'); // no row is to look chosen
      await away();
      await page.waitForTimeout(500);
      return { width: 900, height: 488 };
    });

    await make('ci', async () => {
      await w.command('mapdiag: Run go vet with mapvet');
      await w.command('View: Toggle Maximized Panel');
      await page.locator('.xterm-rows', { hasText: 'exit code: 1' }).waitFor();
      await away();
      await page.waitForTimeout(500);
      return { width: 900, height: 386 };
    });
  } finally {
    await w.close();
  }
}
