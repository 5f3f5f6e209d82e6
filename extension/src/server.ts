import { spawn, type ChildProcess } from 'node:child_process';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, RevealOutputChannelOn, type Middleware } from 'vscode-languageclient/node';
import { Failure } from './failure';
import { logErrors } from './log';
import { clientOptions } from './options';
import { extension, findGo, findServer, runnable, serverEnv, type Origin, type System } from './programs';
import { Queue } from './queue';
import { maxRestarts, Restarts } from './restarts';
import type { State } from './status';
import { askGo, askVersion, differs, tooOld } from './version';

/** How long a server may take to answer its first request. */
const patience = 60_000;

/** Interrupted says that the user wants something else than the start that is under way. */
class Interrupted extends Error {}

/** Server starts, stops and watches mapls. Its operations never overlap. */
export class Server implements vscode.Disposable {
	private readonly queue = new Queue();
	private readonly restarts = new Restarts();
	private readonly changed = new vscode.EventEmitter<State>();
	readonly onDidChange = this.changed.event;

	private current: State = { kind: 'stopped' };
	private running: LanguageClient | undefined;
	private process: ChildProcess | undefined;
	/** giveUp ends the start that is under way. */
	private giveUp: ((error: Error) => void) | undefined;
	/** The program that was found last, and the go command. */
	program: { file: string; origin: Origin } | undefined;
	go: string | undefined;
	goVersion: string | undefined;

	constructor(
		private readonly context: vscode.ExtensionContext,
		private readonly out: vscode.LogOutputChannel,
		private readonly trace: vscode.LogOutputChannel,
		private readonly middleware: Middleware,
	) {}

	get state(): State { return this.current; }

	/** client returns the client of a running server. */
	get client(): LanguageClient | undefined { return this.running; }

	start(): Promise<void> {
		return this.queue.run(async () => {
			if (!this.running) {
				this.restarts.forget();
				await this.begin();
			}
		});
	}

	stop(): Promise<void> {
		this.interrupt();
		return this.queue.run(() => this.end());
	}

	restart(): Promise<void> {
		this.interrupt();
		return this.queue.run(async () => {
			await this.end();
			this.restarts.forget();
			await this.begin();
		});
	}

	dispose(): void {
		this.changed.dispose();
	}

	private set(state: State): void {
		this.current = state;
		this.changed.fire(state);
	}

	/** interrupt ends a start that is under way: nobody should wait for a server that hangs. */
	private interrupt(): void {
		this.giveUp?.(new Interrupted());
	}

	/** begin starts the server, again if it ends meanwhile, unless it does so too often. */
	private async begin(): Promise<void> {
		this.set({ kind: 'starting' });
		for (;;) {
			try {
				const version = await this.connect();
				this.set({ kind: 'running', version });
				return;
			} catch (error) {
				if (error instanceof Interrupted) {
					this.set({ kind: 'stopped' });
					return;
				}
				this.out.error(error instanceof Error ? error.message : String(error));
				if (error instanceof Failure) {
					this.fail(error);
					return;
				}
				if (!this.restarts.crashed()) {
					this.fail(new Failure(`The language server does not start: ${error instanceof Error ? error.message : String(error)}`, ['restart', 'output']));
					return;
				}
			}
		}
	}

	/** connect finds the programs, starts the server and waits until it has answered. */
	private async connect(): Promise<string> {
		const trusted = vscode.workspace.isTrusted;
		const system: System = { platform: process.platform, env: process.env, home: homedir(), runnable };
		const bundled = this.context.asAbsolutePath('extension/bin/mapls' + extension(system));
		const setting = vscode.workspace.getConfiguration('mapdiag').get<string>('server.path', '');
		const found = await findServer(system, setting, bundled, trusted);
		this.program = 'file' in found ? found : undefined;
		if ('problem' in found) {
			throw new Failure(found.text, found.problem === 'setting' ? ['setting'] : ['setting', 'restart']);
		}
		this.go = await findGo(system);
		if (this.go === undefined) {
			throw new Failure('mapdiag needs the go command, and there is none on the PATH that VS Code sees. Install Go 1.26 or later, or start VS Code where the command is found.', ['go', 'restart']);
		}
		const env = serverEnv(system, this.go, trusted);
		let version: string;
		try {
			version = await askVersion(found.file, env);
		} catch (error) {
			throw new Failure((error as Error).message, ['setting', 'output']);
		}
		const different = differs(version, (this.context.extension.packageJSON as { version: string }).version);
		if (different !== undefined) {
			this.out.warn(different);
		}
		this.out.info(`starting mapls ${version} (${found.origin}: ${found.file}), go command ${this.go}`);
		void this.lookAtGo(this.go, env);
		await this.run(found.file, env);
		return version;
	}

	/** lookAtGo asks the go command for its version. Nothing waits for it. */
	private async lookAtGo(go: string, env: NodeJS.ProcessEnv): Promise<void> {
		this.goVersion = await askGo(go, vscode.workspace.workspaceFolders?.find(f => f.uri.scheme === 'file')?.uri.fsPath, env);
		if (this.goVersion !== undefined && tooOld(this.goVersion)) {
			this.out.warn(`the go command is of version ${this.goVersion}; mapdiag is made for Go 1.26 and later, and may report too little with this one`);
		}
	}

	private async run(file: string, env: NodeJS.ProcessEnv): Promise<void> {
		let started = false;
		let died: (error: Error) => void = () => undefined;
		const death = new Promise<never>((_, reject) => { died = reject; });
		const client = new LanguageClient('mapdiag', 'mapdiag', async () => this.launch(file, env), {
			...clientOptions(() => vscode.workspace.getConfiguration().get('mapdiag'), () => vscode.workspace.isTrusted),
			outputChannel: this.out,
			traceOutputChannel: this.trace,
			revealOutputChannelOn: RevealOutputChannelOn.Never,
			middleware: this.middleware,
			stdioOptions: { stdout: () => undefined, stderr: input => logErrors(input, this.out) },
			initializationFailedHandler: () => false,
			errorHandler: {
				error: () => ({ action: ErrorAction.Continue, handled: true }),
				closed: () => {
					if (started) {
						// The client is not done with the end of the connection yet.
						setTimeout(() => void this.queue.run(() => this.revive(client)));
					} else {
						died(new Error('mapls ended while it was starting'));
					}
					return { action: CloseAction.DoNotRestart, handled: true, message: 'mapls has ended' };
				},
			},
		});
		this.giveUp = died;
		const tooLong = setTimeout(() => died(new Error(`mapls has not answered for ${patience / 1000} s`)), patience);
		try {
			await Promise.race([client.start(), death]);
			this.running = client;
			started = true;
		} catch (error) {
			this.process?.kill();
			client.dispose().catch(() => undefined); // it has not run
			throw error;
		} finally {
			clearTimeout(tooLong);
			this.giveUp = undefined;
		}
	}

	private launch(file: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
		const child = spawn(file, [], { env, windowsHide: true });
		this.process = child;
		child.once('exit', (code, signal) => {
			this.out.info(`mapls (process ${child.pid}) has ended, ${signal ? `by ${signal}` : `exit code ${code}`}`);
			if (this.process === child) {
				this.process = undefined;
			}
		});
		return new Promise((resolve, reject) => {
			child.once('error', reject);
			child.once('spawn', () => resolve(child));
		});
	}

	/** revive starts a server in place of one that has crashed. */
	private async revive(crashed: LanguageClient): Promise<void> {
		if (this.running !== crashed) {
			return; // the user has stopped or restarted it since
		}
		this.running = undefined;
		await crashed.dispose().catch(() => undefined);
		if (this.restarts.crashed()) {
			this.out.warn('mapls is started again');
			await this.begin();
			return;
		}
		this.fail(new Failure(`The language server has crashed ${maxRestarts + 1} times within 3 minutes and is not started again. The output tells what it said.`, ['restart', 'output']));
	}

	private async end(): Promise<void> {
		const client = this.running;
		const child = this.process;
		this.running = undefined;
		try {
			await client?.dispose();
		} catch (error) {
			this.out.warn(`mapls does not stop by itself: ${String(error)}`);
		}
		if (child && child.exitCode === null && child.signalCode === null) {
			setTimeout(() => child.kill(), 2000).unref(); // it has been asked to end
		}
		this.set({ kind: 'stopped' });
	}

	private fail(failure: Failure): void {
		this.set({ kind: 'failed', reason: failure.message });
		void failure.show();
	}
}

