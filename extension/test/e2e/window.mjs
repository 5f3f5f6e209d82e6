// What a user does in a window of VS Code, and what is seen there.
import fs from 'node:fs';
import path from 'node:path';

export class Window {
  constructor(page, folder) {
    this.page = page;
    this.folder = folder;
  }

  // open opens a file of the folder by its name.
  async open(file) {
    const first = this.page.locator('.quick-input-list .monaco-list-row[data-index="0"]', { hasText: file });
    await retry(3, async () => {
      await this.quickInput('Control+KeyP', file);
      // Until the search has an answer, the list has the files that were open.
      await first.waitFor({ timeout: 20_000 });
      await this.page.keyboard.press('Enter');
      await this.page.locator('.tab.active', { hasText: path.basename(file) }).waitFor({ timeout: 10_000 });
    });
    await this.editor().locator('.view-line').first().waitFor();
  }

  // goto puts the cursor somewhere; lines and columns count from 1.
  async goto(line, column = 1) {
    await this.quickInput('Control+KeyG', `:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.statusbar-item', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  // command runs a command from the palette, by its title.
  async command(title) {
    await this.quickInput('F1', `>${title}`);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  // commands returns the titles that the palette offers for a text.
  async commands(text) {
    await this.quickInput('F1', `>${text}`);
    await this.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await this.page.waitForTimeout(500); // the list comes in parts
    const titles = await this.page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return titles.map(clean);
  }

  async quickInput(key, text) {
    const input = this.page.locator('.quick-input-widget input').first();
    // Keys are lost while the keybindings are being loaded.
    await retry(10, async () => {
      await this.page.keyboard.press(key);
      await input.waitFor({ state: 'visible', timeout: 3000 });
    });
    await input.fill(text);
  }

  editor() {
    return this.page.locator('.editor-instance').first();
  }

  // squiggles finds the underlined places: info, warning, error or hint.
  squiggles(severity) {
    return this.editor().locator(`.cdr.squiggly-${severity}`);
  }

  // text returns the lines of the editor that are to be seen.
  async text() {
    return clean(await this.editor().locator('.view-lines').innerText());
  }

  // saved saves the file and returns what is on the disk.
  async saved(file) {
    await this.page.keyboard.press('Control+KeyS');
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
    return fs.readFileSync(path.join(this.folder, file), 'utf8');
  }

  // quickFixes presses Ctrl+. and returns the titles offered. The menu stays open.
  // The first press is lost where the list of actions changes meanwhile.
  async quickFixes(title) {
    const rows = this.page.locator('.action-widget .monaco-list-row.action');
    await retry(10, async () => {
      await this.page.keyboard.press('Control+Period');
      try {
        await rows.filter({ hasText: title }).first().waitFor({ timeout: 3000 });
      } catch (err) {
        await this.page.keyboard.press('Escape');
        throw err;
      }
    });
    return (await rows.allInnerTexts()).map(clean);
  }

  // quickFix runs the action with a title.
  async quickFix(title) {
    await this.quickFixes(title);
    await this.page.locator('.action-widget .monaco-list-row.action', { hasText: title }).first().click();
  }

  // hover rests the mouse on the beginning of a squiggle and returns what comes up.
  async hover(squiggle) {
    const card = this.page.locator('.monaco-resizable-hover, .monaco-hover').filter({ visible: true }).first();
    await retry(5, async () => {
      await this.page.mouse.move(640, 20);
      const box = await squiggle.boundingBox();
      await this.page.mouse.move(box.x + 10, box.y + box.height / 2);
      await this.page.mouse.move(box.x + 15, box.y + box.height / 2);
      await card.waitFor({ timeout: 5000 });
    });
    return card;
  }

  // word finds a text that stands by itself in the editor.
  word(text) {
    return this.editor().locator('.view-line span span', { hasText: new RegExp(`\\b${text}\\b`) }).first();
  }

  // problems shows the Problems view and returns its rows, without those of files and
  // of related places.
  async problems() {
    const view = this.page.locator('.markers-panel');
    await retry(5, async () => {
      if (!await view.isVisible()) await this.page.keyboard.press('Control+Shift+KeyM');
      await view.waitFor({ timeout: 3000 });
    });
    return (await view.locator('.monaco-list-row:has(.marker-icon)').allInnerTexts()).map(clean);
  }

  // problemCount returns how many problems the status bar counts.
  async problemCount() {
    const text = await this.page.locator('.statusbar-item[id="status.problems"]').innerText();
    return (text.match(/\d+/g) ?? []).reduce((sum, n) => sum + Number(n), 0);
  }

  // toast finds a notification by a part of its text.
  toast(text) {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
  }

  // webview finds the page within the active editor.
  webview() {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  // languageStatus returns what stands behind the braces in the status bar.
  async languageStatus() {
    const card = this.page.locator('.hover-language-status').filter({ visible: true });
    await retry(5, async () => {
      await this.page.mouse.move(640, 300);
      await this.page.locator('.statusbar-item[id="status.languageStatus"]').hover({ timeout: 5000 });
      await card.first().waitFor({ timeout: 5000 });
    });
    const text = (await card.allInnerTexts()).map(clean).join('\n');
    await retry(5, async () => {
      await this.page.mouse.move(640, 300);
      await this.page.mouse.move(640, 310);
      await card.first().waitFor({ state: 'hidden', timeout: 3000 });
    });
    return text;
  }

  shot(file, options = {}) {
    return this.page.screenshot({ path: file, ...options });
  }

  close() {
    return this.page.context().close();
  }
}

// clean takes out what VS Code draws in place of spaces.
function clean(text) {
  return text.replaceAll('\u00a0', ' ').replaceAll('\u200b', '').trim();
}

async function retry(times, fn) {
  for (let i = 1; ; i++) {
    try {
      return await fn();
    } catch (err) {
      if (i === times) throw err;
    }
  }
}
