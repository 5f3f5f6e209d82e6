import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { Commands } from './commands';
import { Findings } from './findings';
import { TraceChannel } from './log';
import { middleware } from './middleware';
import { extension, findGo, runnable } from './programs';
import { RulePages } from './rulepages';
import { Server } from './server';
import { statusText } from './status';
import { StatusItem } from './statusitem';
import { MapvetTasks } from './tasks';
import { Texts } from './texts';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
	const own = <T extends vscode.Disposable>(x: T): T => {
		context.subscriptions.push(x);
		return x;
	};
	const out = own(vscode.window.createOutputChannel('mapdiag', { log: true }));
	const trace = own(new TraceChannel(out));
	const findings = own(new Findings());
	const item = own(new StatusItem());
	const texts = own(new Texts());
	const rules = new RulePages(context.extensionUri);
	own(rules.register());
	const tasks = new MapvetTasks(context.asAbsolutePath('extension/bin/mapvet' + extension(process)), goCommand,
		folder => running.state.kind === 'running' && vscode.workspace.getConfiguration('mapdiag', folder).get('workspaceDiagnostics') === 'all');
	own(vscode.tasks.registerTaskProvider('mapvet', tasks));

	const running = own(new Server(context, out, trace, middleware({
		findings,
		trusted: () => vscode.workspace.isTrusted,
		busy: step => {
			item.busy(step);
			show();
		},
		openRule: rule => rules.open(rule),
		showText: text => commands.showText(text),
	})));
	server = running;
	const { version } = context.extension.packageJSON as { version: string };
	const commands = new Commands(version, running, findings, rules, tasks, texts, out);
	own(commands.register());

	const setContext = (key: string, value: unknown) => void vscode.commands.executeCommand('setContext', 'mapdiag.' + key, value);
	let found = false;
	const show = () => {
		const counts = findings.count();
		item.show(statusText(running.state, counts, vscode.workspace.isTrusted), running.state.kind);
		if (counts.findings > 0 && !found) {
			found = true;
			setContext('found', true);
		}
	};
	// The findings of a workspace come by the thousand.
	let soon: NodeJS.Timeout | undefined;
	const showSoon = () => {
		soon ??= setTimeout(() => {
			soon = undefined;
			show();
		}, 50);
	};
	own({ dispose: () => clearTimeout(soon) });
	own(findings.onDidChange(showSoon));
	own(running.onDidChange(state => {
		setContext('running', state.kind === 'running');
		if (state.kind !== 'running') {
			findings.clear();
		}
		show();
	}));
	setContext('active', true);
	show();

	own(vscode.workspace.onDidChangeConfiguration(e => {
		if (e.affectsConfiguration('mapdiag.server.path') && running.state.kind !== 'stopped') {
			void running.restart();
		}
	}));
	own(vscode.workspace.onDidGrantWorkspaceTrust(() => {
		if (running.state.kind !== 'stopped') {
			void running.restart();
		}
	}));

	// The server is of no use until there is Go to look at.
	const isGo = (d: vscode.TextDocument) => d.languageId === 'go';
	if (vscode.workspace.textDocuments.some(isGo)) {
		void running.start();
	} else {
		const first = own(vscode.workspace.onDidOpenTextDocument(d => {
			if (isGo(d)) {
				first.dispose();
				void running.start();
			}
		}));
	}
}

export async function deactivate(): Promise<void> {
	await server?.stop();
}

async function goCommand(): Promise<string> {
	const go = await findGo({ platform: process.platform, env: process.env, home: homedir(), runnable });
	if (go === undefined) {
		throw new Error('The task needs the go command, and there is none on the PATH that VS Code sees.');
	}
	return go;
}
