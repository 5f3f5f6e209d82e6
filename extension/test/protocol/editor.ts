import { spawn, type ChildProcess } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
	createProtocolConnection, StreamMessageReader, StreamMessageWriter,
	ConfigurationRequest, DidChangeConfigurationNotification, DidOpenTextDocumentNotification, DidChangeTextDocumentNotification,
	ExitNotification, InitializedNotification, InitializeRequest, LogMessageNotification, PublishDiagnosticsNotification,
	RegistrationRequest, ShowMessageNotification, ShutdownRequest, WorkDoneProgressCreateRequest, CodeLensRefreshRequest,
	type Diagnostic, type InitializeResult, type ProtocolConnection, type PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node';
import { clientOptions } from '../../src/options';
import { forServer } from '../../src/settings';
import { clientCapabilities } from './capabilities';

/** How long the tests wait for what must come. */
const patience = 60_000;

/** uri returns the URI of a file. */
export function uri(file: string): string {
	return pathToFileURL(file).toString();
}

/** Editor is the extension's half of the protocol, with a real server behind it. */
export class Editor {
	readonly published = new Map<string, PublishDiagnosticsParams>();
	readonly messages: string[] = [];
	result!: InitializeResult;
	private waiting: (() => void)[] = [];
	private readonly exit: Promise<number | null>;

	private constructor(
		private readonly child: ChildProcess,
		readonly connection: ProtocolConnection,
		public section: unknown,
		readonly trusted: boolean,
	) {
		this.exit = new Promise(resolve => child.once('exit', code => resolve(code)));
	}

	/** start starts a server as the extension does, in a folder, with settings. */
	static async start(mapls: string, dir: string, section: unknown, trusted = true): Promise<Editor> {
		const child = spawn(mapls, ['-cache=off'], { stdio: ['pipe', 'pipe', 'inherit'] });
		const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
		const editor = new Editor(child, connection, section, trusted);
		const turn = () => {
			editor.waiting.forEach(w => w());
		};
		connection.onNotification(PublishDiagnosticsNotification.type, p => {
			editor.published.set(p.uri, p);
			turn();
		});
		const told = (p: { message: string }) => {
			editor.messages.push(p.message);
			turn();
		};
		connection.onNotification(ShowMessageNotification.type, told);
		connection.onNotification(LogMessageNotification.type, told);
		connection.onRequest(RegistrationRequest.type, () => undefined);
		connection.onRequest(WorkDoneProgressCreateRequest.type, () => undefined);
		connection.onRequest(CodeLensRefreshRequest.type, () => undefined);
		connection.onRequest(ConfigurationRequest.type, p => p.items.map(i => i.section === 'mapdiag' ? forServer(editor.section, trusted) : null));
		connection.listen();

		const options = clientOptions(() => editor.section, () => trusted);
		editor.result = await connection.sendRequest(InitializeRequest.type, {
			processId: process.pid,
			rootUri: uri(dir),
			capabilities: clientCapabilities(),
			initializationOptions: (options.initializationOptions as () => unknown)(),
			workspaceFolders: [{ uri: uri(dir), name: 'fixture' }],
		});
		await connection.sendNotification(InitializedNotification.type, {});
		return editor;
	}

	/** configure changes the settings and tells so. */
	async configure(section: unknown): Promise<void> {
		this.section = section;
		await this.connection.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
	}

	async open(file: string, text: string): Promise<void> {
		await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri: uri(file), languageId: 'go', version: 1, text } });
	}

	async change(file: string, version: number, text: string): Promise<void> {
		await this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri: uri(file), version }, contentChanges: [{ text }] });
	}

	/** diagnostics waits until those of a file have certain codes, and returns them. */
	async diagnostics(file: string, ...codes: string[]): Promise<Diagnostic[]> {
		const list = () => this.published.get(uri(file))?.diagnostics;
		await this.until(() => list() !== undefined && JSON.stringify(list()!.map(d => d.code)) === JSON.stringify(codes),
			() => `${file} has ${JSON.stringify(list()?.map(d => d.code))}, want ${JSON.stringify(codes)}`);
		return list()!;
	}

	private async until(holds: () => boolean, what: () => string): Promise<void> {
		const end = Date.now() + patience;
		while (!holds()) {
			const left = end - Date.now();
			if (left <= 0) {
				throw new Error(`${what()}; the server said ${JSON.stringify(this.messages)}`);
			}
			await new Promise<void>(resolve => {
				const timer = setTimeout(resolve, left);
				this.waiting = [() => {
					clearTimeout(timer);
					resolve();
				}];
			});
		}
	}

	/** end shuts the server down and returns its exit code. */
	async end(): Promise<number | null> {
		await this.connection.sendRequest(ShutdownRequest.type);
		await this.connection.sendNotification(ExitNotification.type);
		return this.exit;
	}

	/** kill ends a server that a failed test has left. */
	kill(): void {
		this.child.kill('SIGKILL');
		this.connection.dispose();
	}
}
