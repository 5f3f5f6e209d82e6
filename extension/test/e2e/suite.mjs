// Runs tests one after another, keeps a picture of each and counts.
import path from 'node:path';

export class Suite {
  passed = 0;
  failed = 0;
  stopped = false; // by the user: what fails then is not told

  constructor(out, only) {
    this.out = out;
    this.only = new RegExp(only ?? '');
  }

  // test runs one test in a window. A failed one does not stop the others.
  async test(name, window, fn) {
    if (this.stopped || !this.only.test(name)) return;
    const start = Date.now();
    let error;
    try {
      await fn(window);
    } catch (err) {
      error = err;
    }
    if (this.stopped) return;
    const picture = await this.picture(window, name);
    this.note(name, Date.now() - start, error && `${error.stack ?? error}\n${picture}`);
    // What is open hides the window from the next test.
    for (let i = 0; i < 2; i++) await window.page.keyboard.press('Escape').catch(() => {});
  }

  // picture keeps what is to be seen now.
  async picture(window, name) {
    await window.page.waitForTimeout(300).catch(() => {}); // what moves comes to rest
    const file = path.join(this.out, `${name.replace(/[^\w]+/g, '-')}.png`);
    await window.shot(file, { timeout: 10_000 }).catch(err => console.log(`no picture of ${name}: ${err.message}`));
    return file;
  }

  // note takes in the outcome of a test.
  note(name, ms, error) {
    if (this.stopped) return;
    if (error) this.failed++;
    else this.passed++;
    console.log(`${error ? 'not ok' : 'ok'}  ${name} (${(ms / 1000).toFixed(1)} s)`);
    if (error) console.log(error.replace(/^/gm, '    '));
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0;
  }
}
