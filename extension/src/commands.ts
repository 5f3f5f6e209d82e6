import * as vscode from 'vscode';
import { ExecuteCommandRequest, type LanguageClient } from 'vscode-languageclient/node';
import { nameOf, type Findings } from './findings';
import { actions, apply } from './fixes';
import { fixAllKind } from './kinds';
import type { RulePages } from './rulepages';
import type { Server } from './server';
import { count, statusPage, type ServerStatus } from './status';
import type { MapvetTasks } from './tasks';
import type { Texts } from './texts';

/** Commands are those of the palette. What mapls offers itself is registered by the language client. */
export class Commands {
	constructor(
		private readonly version: string,
		private readonly server: Server,
		private readonly findings: Findings,
		private readonly rules: RulePages,
		private readonly tasks: MapvetTasks,
		private readonly texts: Texts,
		private readonly out: vscode.LogOutputChannel,
	) {}

	register(): vscode.Disposable {
		const all: Record<string, (...args: never[]) => unknown> = {
			restartServer: () => this.server.restart(),
			startServer: () => this.server.start(),
			stopServer: () => this.server.stop(),
			showOutput: () => this.out.show(),
			showStatus: () => this.showStatus(),
			openRule: (rule?: string) => this.rules.open(rule),
			toggleEscapeHints: () => this.toggleEscapeHints(),
			analyzeAll: () => this.analyzeAll(),
			explainFinding: () => this.explainFinding(),
			addCapacityHint: () => this.addCapacityHint(),
			fixFile: () => this.fixFile(),
			fixAllFiles: () => this.fixAllFiles(),
			runMapvet: () => this.tasks.run(vscode.window.activeTextEditor?.document.uri),
		};
		return vscode.Disposable.from(...Object.entries(all).map(([name, run]) =>
			vscode.commands.registerCommand('mapdiag.' + name, async (...args: never[]) => {
				try {
					return await run(...args);
				} catch (error) {
					const text = error instanceof Error ? error.message : String(error);
					this.out.error(`mapdiag.${name}: ${text}`);
					void vscode.window.showWarningMessage(text);
					return undefined;
				}
			})));
	}

	/** showText shows a text of several lines until the user has read it. */
	showText(text: string): void {
		const [first, ...rest] = text.split('\n');
		void vscode.window.showInformationMessage(first, { modal: true, detail: rest.join('\n') });
	}

	private async showStatus(): Promise<void> {
		let status: ServerStatus | undefined;
		if (this.server.client) {
			status = await this.execute<ServerStatus>('mapdiag.status');
		}
		await this.texts.show('mapdiag status', statusPage({
			extension: this.version, state: this.server.state, server: this.server.program, go: this.server.go, goVersion: this.server.goVersion,
			trusted: vscode.workspace.isTrusted, found: this.findings.count(), status,
		}));
	}

	private async toggleEscapeHints(): Promise<void> {
		const { document } = this.editor();
		if (vscode.workspace.getConfiguration('mapdiag', document).get('escape.mode') === 'off') {
			throw new Error('The compiler is not asked: mapdiag.escape.mode is "off" here.');
		}
		const shown = await this.execute<string>('mapdiag.toggleEscape', this.client().code2ProtocolConverter.asUri(document.uri));
		vscode.window.setStatusBarMessage(shown === 'off' ? 'mapdiag: escape hints are off' : 'mapdiag: escape hints are on', 5000);
	}

	private async analyzeAll(): Promise<void> {
		await this.execute('mapdiag.analyzeWorkspace');
		vscode.window.setStatusBarMessage('mapdiag: the workspace is being analysed', 5000);
	}

	private async explainFinding(): Promise<void> {
		const { document, selection } = this.editor();
		const [finding] = this.findings.at(document.uri, selection.active);
		if (finding && nameOf(finding) !== 'escape') {
			await this.rules.open(nameOf(finding));
			return;
		}
		const at = finding && !finding.range.contains(selection.active) ? finding.range.start : selection.active;
		const convert = this.client().code2ProtocolConverter;
		this.showText(await this.execute<string>('mapdiag.explain', convert.asUri(document.uri), convert.asPosition(at)));
	}

	private async addCapacityHint(): Promise<void> {
		const { document, selection } = this.editor();
		const client = this.client();
		const finding = this.findings.at(document.uri, selection.active).find(d => nameOf(d) === 'sizehint');
		if (!finding) {
			throw new Error(`There is no finding of sizehint on line ${selection.active.line + 1}. Put the cursor on a map that is made without its size.`);
		}
		const list = await actions(client, document, finding.range, 'quickfix');
		const start = client.code2ProtocolConverter.asPosition(finding.range.start);
		const hint = list.find(a => a.isPreferred && a.diagnostics?.some(d =>
			d.code === 'sizehint' && d.range.start.line === start.line && d.range.start.character === start.character));
		if (!hint) {
			throw new Error('This finding of sizehint has no fix: the size is known too late, or computing it early could do something else.');
		}
		await apply(client, hint);
	}

	private async fixFile(): Promise<void> {
		const { document } = this.editor();
		const client = this.client();
		const whole = new vscode.Range(0, 0, document.lineCount, 0);
		const [all] = await actions(client, document, whole, fixAllKind);
		if (!all) {
			throw new Error('No finding in this file has a safe fix.');
		}
		await apply(client, all);
	}

	private async fixAllFiles(): Promise<void> {
		const done = await this.execute<{ fixes: number; files: number }>('mapdiag.fixWorkspace');
		void vscode.window.showInformationMessage(done.fixes === 0
			? 'mapdiag: none of the findings has a safe fix.'
			: `mapdiag: applied ${count(done.fixes, 'safe fix', 'safe fixes')} in ${count(done.files, 'file')}. The files are not saved yet.`);
	}

	private editor(): vscode.TextEditor {
		const editor = vscode.window.activeTextEditor;
		if (!editor || editor.document.languageId !== 'go') {
			throw new Error('mapdiag: open a Go file first.');
		}
		return editor;
	}

	private client(): LanguageClient {
		const client = this.server.client;
		if (!client) {
			throw new Error(this.server.state.kind === 'failed' ? this.server.state.reason : 'The language server is not running. Use the command "mapdiag: Start Server".');
		}
		return client;
	}

	private execute<T = unknown>(command: string, ...args: unknown[]): Promise<T> {
		return this.client().sendRequest(ExecuteCommandRequest.type, { command, arguments: args as never[] }) as Promise<T>;
	}
}
