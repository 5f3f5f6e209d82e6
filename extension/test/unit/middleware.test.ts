import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as vscode from 'vscode';
import { linkOf, pageOf } from '../../src/links';
import { withEditor } from '../instead';

// The few things of the editor that findings and middleware make use of.
class Emitter {
	private readonly listeners: (() => void)[] = [];
	readonly event = (f: () => void) => this.listeners.push(f);
	fire(): void { this.listeners.forEach(f => f()); }
	dispose(): void { this.listeners.length = 0; }
}

const parse = (text: string) => ({ toString: () => text });

const { Findings } = withEditor({ EventEmitter: Emitter, Uri: { parse } }, () => require('../../src/findings') as typeof import('../../src/findings'));
const { middleware } = require('../../src/middleware') as typeof import('../../src/middleware');

/** ProtocolDiagnostic stands for the class in which the client keeps what the server has attached. */
class ProtocolDiagnostic {
	code: unknown;
	constructor(readonly message: string, rule: string, link: string, readonly data: unknown) {
		this.code = link === '' ? rule : { value: rule, target: parse(link) };
	}
}

const diagnostic = (message: string, rule: string, link = linkOf(rule), data: unknown = { level: 'likely' }) =>
	new ProtocolDiagnostic(message, rule, link, data) as unknown as vscode.Diagnostic;

const link = (d: vscode.Diagnostic) => typeof d.code === 'object' ? d.code.target.toString() : undefined;

function hooks() {
	const told: string[] = [];
	const findings = new Findings();
	return {
		told, findings,
		middleware: middleware({
			findings,
			trusted: () => false,
			busy: step => told.push(`busy ${step}`),
			openRule: async rule => { told.push(`rule ${rule}`); },
			showText: text => told.push(`text ${text}`),
		}),
	};
}

const uri = parse('file:///a.go') as unknown as vscode.Uri;

test('links lead to pages in the editor, and the server gets its own back', async () => {
	const h = hooks();
	let shown: vscode.Diagnostic[] = [];
	const list = [diagnostic('a', 'sizehint'), diagnostic('b', 'escape', ''), diagnostic('c', 'x', 'https://go.dev/x')];
	h.middleware.handleDiagnostics!(uri, list, (_, l) => { shown = l; });
	assert.deepEqual(shown.map(link), [pageOf('sizehint'), undefined, 'https://go.dev/x']);

	let asked: readonly vscode.Diagnostic[] = [];
	const answer = [{ title: 'Add', diagnostics: [diagnostic('a', 'sizehint')] }, { title: 'Explain', command: 'mapdiag.explain' }];
	const actions = await h.middleware.provideCodeActions!({} as never, {} as never, { diagnostics: shown, only: undefined, triggerKind: 1 } as never, {} as never,
		((_d: unknown, _r: unknown, context: vscode.CodeActionContext) => {
			asked = context.diagnostics;
			return answer;
		}) as never) as vscode.CodeAction[];
	assert.deepEqual(asked.map(link), [linkOf('sizehint'), undefined, 'https://go.dev/x']);
	assert.ok(asked[0] instanceof ProtocolDiagnostic, 'the class of the client is lost');
	assert.deepEqual((asked[0] as unknown as ProtocolDiagnostic).data, { level: 'likely' });
	assert.equal(link(shown[0]), pageOf('sizehint'), 'what is shown has been changed');
	assert.equal(link(actions[0].diagnostics![0]), pageOf('sizehint'));
});

test('findings are counted by file', () => {
	const h = hooks();
	let changes = 0;
	h.findings.onDidChange(() => changes++);
	const publish = (u: vscode.Uri, ...list: vscode.Diagnostic[]) => h.middleware.handleDiagnostics!(u, list, () => undefined);
	publish(uri, diagnostic('a', 'sizehint'), diagnostic('b', 'escape', ''));
	publish(parse('file:///b.go') as unknown as vscode.Uri, diagnostic('c', 'unguarded'));
	assert.deepEqual(h.findings.count(), { findings: 2, escapes: 1 });
	publish(uri);
	assert.deepEqual(h.findings.count(), { findings: 1, escapes: 0 });
	h.findings.clear();
	assert.deepEqual(h.findings.count(), { findings: 0, escapes: 0 });
	assert.equal(changes, 4);
});

test('settings leave without the extension\'s own', async () => {
	const h = hooks();
	const params = { items: [{ section: 'mapdiag' }, { section: 'gopls' }] };
	const values = await h.middleware.workspace!.configuration!(params, {} as never, () => [{ tests: true, server: { path: '/x' } }, { server: 1 }]);
	assert.deepEqual(values, [{ tests: true, escape: { mode: 'off' }, buildFlags: [] }, { server: 1 }]);
});

test('the explanation of the server is shown by the extension', async () => {
	const h = hooks();
	const text = await h.middleware.executeCommand!('mapdiag.explain', ['u', 1, true], ((_: string, args: unknown[]) => `${args.length}`) as never);
	assert.equal(text, '2', 'the server is told to show it, too');
	await h.middleware.executeCommand!('mapdiag.status', [1, 2, 3], ((_: string, args: unknown[]) => `${args.length}`) as never);
	assert.deepEqual(h.told, ['text 2']);
});

test('a page that the server wants to show', async () => {
	const h = hooks();
	const next = async () => ({ success: false });
	assert.deepEqual(await h.middleware.window!.showDocument!({ uri: linkOf('sizehint') }, {} as never, next), { success: true });
	assert.deepEqual(await h.middleware.window!.showDocument!({ uri: 'https://go.dev' }, {} as never, next), { success: false });
	assert.deepEqual(h.told, ['rule sizehint']);
});

test('work in the background', () => {
	const h = hooks();
	for (const kind of ['begin', 'report', 'end'] as const) {
		h.middleware.handleWorkDoneProgress!('t', { kind, title: 'x' } as never, () => h.told.push(`shown ${kind}`));
	}
	assert.deepEqual(h.told, ['busy 1', 'shown begin', 'shown report', 'busy -1', 'shown end']);
});
