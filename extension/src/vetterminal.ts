import { spawn, type ChildProcess } from 'node:child_process';
import * as readline from 'node:readline';
import * as vscode from 'vscode';
import { absolute } from './vetoutput';

/** What ends sooner than this is said to have failed to launch by VS Code's terminal. */
const launching = 600;

/** VetTerminal runs go vet and shows what it prints. */
export class VetTerminal implements vscode.Pseudoterminal {
	private readonly written = new vscode.EventEmitter<string>();
	private readonly closed = new vscode.EventEmitter<number>();
	readonly onDidWrite = this.written.event;
	readonly onDidClose = this.closed.event;
	private child: ChildProcess | undefined;
	private opened = 0;

	constructor(
		private readonly go: () => Promise<string>,
		private readonly args: string[],
		private readonly dir: string,
	) {}

	async open(): Promise<void> {
		this.opened = Date.now();
		let go: string;
		try {
			go = await this.go();
		} catch (error) {
			this.fail(error as Error);
			return;
		}
		this.print(`> ${[go, ...this.args].join(' ')}`);
		const child = this.child = spawn(go, this.args, { cwd: this.dir, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] });
		child.once('error', error => this.fail(error));
		const ends = [child.stdout, child.stderr].map(input => new Promise<void>(resolve => {
			const lines = readline.createInterface({ input, crlfDelay: Infinity });
			lines.on('line', line => this.print(absolute(line, this.dir)));
			lines.once('close', resolve);
		}));
		child.once('close', code => void Promise.all(ends).then(() => {
			if (code === 0) {
				this.print('No findings.');
			}
			this.end(code ?? 1);
		}));
	}

	/** close ends go vet when the user closes the terminal. */
	close(): void {
		this.child?.kill('SIGINT');
	}

	private print(line: string): void {
		this.written.fire(line + '\r\n');
	}

	private end(code: number): void {
		setTimeout(() => this.closed.fire(code), this.opened + launching - Date.now());
	}

	private fail(error: Error): void {
		this.print(error.message);
		this.end(1);
	}
}
