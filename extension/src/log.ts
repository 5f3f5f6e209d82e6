import * as readline from 'node:readline';
import type { Readable } from 'node:stream';
import * as vscode from 'vscode';

/**
 * TraceChannel shows the messages between editor and server in the output channel
 * where mapdiag.trace.server asks for them. The language client by itself wants the
 * channel's level to be "Trace" as well, which no user would guess.
 */
export class TraceChannel implements vscode.LogOutputChannel {
	private readonly changed = new vscode.EventEmitter<vscode.LogLevel>();
	private readonly watching: vscode.Disposable[];
	readonly onDidChangeLogLevel = this.changed.event;

	constructor(private readonly out: vscode.LogOutputChannel) {
		this.watching = [
			this.changed,
			out.onDidChangeLogLevel(() => this.changed.fire(this.logLevel)),
			vscode.workspace.onDidChangeConfiguration(e => {
				if (e.affectsConfiguration('mapdiag.trace.server')) {
					this.changed.fire(this.logLevel);
				}
			}),
		];
	}

	get name(): string { return this.out.name; }

	get logLevel(): vscode.LogLevel {
		const wanted = vscode.workspace.getConfiguration('mapdiag').get<string>('trace.server', 'off') !== 'off';
		return wanted ? vscode.LogLevel.Trace : this.out.logLevel;
	}

	// Traces are written as information: the channel's own level would hide them.
	trace(message: string, ...args: unknown[]): void { this.out.info(message, ...args); }
	debug(message: string, ...args: unknown[]): void { this.out.debug(message, ...args); }
	info(message: string, ...args: unknown[]): void { this.out.info(message, ...args); }
	warn(message: string, ...args: unknown[]): void { this.out.warn(message, ...args); }
	error(error: string | Error, ...args: unknown[]): void { this.out.error(error, ...args); }
	append(value: string): void { this.out.append(value); }
	appendLine(value: string): void { this.out.appendLine(value); }
	replace(value: string): void { this.out.replace(value); }
	clear(): void { this.out.clear(); }
	hide(): void { this.out.hide(); }
	show(first?: vscode.ViewColumn | boolean, second?: boolean): void {
		this.out.show(typeof first === 'boolean' ? first : second);
	}

	dispose(): void { vscode.Disposable.from(...this.watching).dispose(); }
}

/**
 * logErrors writes what a server prints on standard error to the channel. Its log
 * records come as messages of the protocol, too; here they are kept for debugging.
 */
export function logErrors(input: Readable, out: vscode.LogOutputChannel): void {
	readline.createInterface({ input, crlfDelay: Infinity }).on('line', line => {
		if (/^time=\S+ level=(DEBUG|INFO|WARN|ERROR) /.test(line)) {
			out.debug(line);
		} else {
			out.error(line);
		}
	});
}
