import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { root } from '../root';

/** scratch returns a folder that goes after the tests. */
export function scratch(): string {
	const dir = mkdtempSync(path.join(tmpdir(), 'mapdiag-'));
	after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
	return dir;
}

/** build builds one of the programs and returns its file. */
export function build(program: 'mapls' | 'mapvet'): string {
	const file = path.join(scratch(), program + (process.platform === 'win32' ? '.exe' : ''));
	execFileSync('go', ['build', '-o', file, './cmd/' + program], { cwd: root(), stdio: ['ignore', 'ignore', 'inherit'] });
	return file;
}

/** write writes files into a folder. */
export function write(dir: string, files: Record<string, string>): void {
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
		writeFileSync(path.join(dir, name), text);
	}
}
