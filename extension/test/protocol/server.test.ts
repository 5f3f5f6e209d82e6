import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import {
	CodeActionRequest, CodeActionResolveRequest, ExecuteCommandRequest, HoverRequest,
	type CodeAction, type Hover, type TextDocumentEdit, type TextEdit,
} from 'vscode-languageserver-protocol/node';
import { fixAllKind } from '../../src/kinds';
import { linkOf } from '../../src/links';
import { askVersion } from '../../src/version';
import { root } from '../root';
import { Editor, uri } from './editor';
import { build, scratch, write } from './programs';

const source = `package fixture

func Index(names []string) map[string]int {
	m := make(map[string]int)
	for i, name := range names {
		m[name] = i
	}
	return m
}
`;

const mapls = build('mapls');
const quiet = { escape: { mode: 'off' } };

async function fixture(t: TestContext, section: unknown, trusted = true): Promise<{ editor: Editor; file: string }> {
	const dir = scratch();
	write(dir, { 'go.mod': 'module fixture\n\ngo 1.26\n', 'fixture.go': source });
	const editor = await Editor.start(mapls, dir, section, trusted);
	t.after(() => editor.kill());
	return { editor, file: path.join(dir, 'fixture.go') };
}

function actions(editor: Editor, file: string, line: number, only: string[], diagnostics = editor.published.get(uri(file))?.diagnostics ?? []): Promise<CodeAction[]> {
	const at = { line, character: 6 };
	return editor.connection.sendRequest(CodeActionRequest.type, {
		textDocument: { uri: uri(file) }, range: { start: at, end: at }, context: { diagnostics, only },
	}) as Promise<CodeAction[]>;
}

async function edits(editor: Editor, action: CodeAction): Promise<TextEdit[]> {
	const resolved = await editor.connection.sendRequest(CodeActionResolveRequest.type, action);
	const changes = resolved.edit?.documentChanges as TextDocumentEdit[];
	assert.equal(changes.length, 1);
	return changes[0].edits as TextEdit[];
}

test('a finding, its fix, and a clean end', async t => {
	const { editor, file } = await fixture(t, quiet);
	await editor.open(file, source);
	const [d] = await editor.diagnostics(file, 'sizehint');
	assert.deepEqual(d.range, { start: { line: 3, character: 6 }, end: { line: 3, character: 26 } });
	assert.match(String(d.message), /^map is made without its size, len\(names\)/);
	assert.equal(d.codeDescription?.href, linkOf('sizehint'));
	assert.ok((d.relatedInformation ?? []).length > 0);

	const list = await actions(editor, file, 3, ['quickfix']);
	const preferred = list.filter(a => a.isPreferred);
	assert.deepEqual(preferred.map(a => a.title), ['Add capacity hint len(names)']);
	assert.equal(preferred[0].diagnostics?.[0].code, 'sizehint');
	assert.equal(preferred[0].edit, undefined, 'the edit is asked for later');
	assert.deepEqual((await edits(editor, preferred[0])).map(e => e.newText), [', len(names)']);

	const [all] = await actions(editor, file, 0, [fixAllKind]);
	assert.equal(all.kind, fixAllKind);
	assert.equal((await edits(editor, all)).length, 1);

	await editor.change(file, 2, source.replace('map[string]int)\n\tfor', 'map[string]int, len(names))\n\tfor'));
	await editor.diagnostics(file);
	assert.equal(await editor.end(), 0);
	assert.deepEqual(editor.messages, []);
});

test('the findings of files that are not open', async t => {
	const { editor, file } = await fixture(t, quiet);
	await editor.diagnostics(file, 'sizehint');
});

test('settings are asked for again when they change', async t => {
	const { editor, file } = await fixture(t, quiet);
	await editor.open(file, source);
	await editor.diagnostics(file, 'sizehint');
	await editor.configure({ ...quiet, rules: { sizehint: { enabled: false } }, server: { path: '/x' }, trace: { server: 'off' } });
	await editor.diagnostics(file);
	await editor.configure(quiet);
	await editor.diagnostics(file, 'sizehint');
	assert.deepEqual(editor.messages, [], 'the server complains of the extension\'s own settings');
});

test('every setting of the manifest with its default is one that the server knows', async t => {
	const manifest = JSON.parse(readFileSync(root('package.json'), 'utf8')) as { contributes: { configuration: { properties: Record<string, { default: unknown }> }[] } };
	const section: Record<string, unknown> = {};
	for (const { properties } of manifest.contributes.configuration) {
		for (const [key, { default: value }] of Object.entries(properties)) {
			const parts = key.split('.').slice(1);
			let at = section;
			for (const part of parts.slice(0, -1)) {
				at = (at[part] ??= {}) as Record<string, unknown>;
			}
			at[parts.at(-1)!] = value;
		}
	}
	const { editor, file } = await fixture(t, section);
	await editor.open(file, source);
	// With the defaults, escape analysis speaks of this map in the finding about it.
	await editor.diagnostics(file, 'sizehint');
	await editor.end();
	assert.deepEqual(editor.messages, []);
});

test('an untrusted workspace asks for no escape analysis', async t => {
	const { editor, file } = await fixture(t, { escape: { mode: 'onSave' } }, false);
	await editor.open(file, source);
	await editor.diagnostics(file, 'sizehint');
	const text = await editor.connection.sendRequest(ExecuteCommandRequest.type, { command: 'mapdiag.explain', arguments: [uri(file), { line: 3, character: 8 }] });
	assert.equal(text, 'The compiler is not asked: mapdiag.escape.mode is off.');
});

test('the hover about a map', async t => {
	const { editor, file } = await fixture(t, quiet);
	await editor.open(file, source);
	await editor.diagnostics(file, 'sizehint');
	const hover = await editor.connection.sendRequest(HoverRequest.type, { textDocument: { uri: uri(file) }, position: { line: 3, character: 8 } }) as Hover;
	const { kind, value } = hover.contents as { kind: string; value: string };
	assert.equal(kind, 'markdown');
	assert.match(value, /map\[string\]int/);
});

test('the commands of server and extension have different names', async t => {
	const { editor } = await fixture(t, quiet);
	const manifest = JSON.parse(readFileSync(root('package.json'), 'utf8')) as { contributes: { commands: { command: string }[] } };
	const servers = editor.result.capabilities.executeCommandProvider!.commands;
	assert.deepEqual(manifest.contributes.commands.map(c => c.command).filter(c => servers.includes(c)), []);
	// What the extension has the server execute, the server offers.
	const used = [...readFileSync(root('extension/src/commands.ts'), 'utf8').matchAll(/this\.execute(?:<.*?>)?\('(mapdiag\.\w+)'/g)].map(m => m[1]);
	assert.ok(used.length >= 5);
	for (const name of used) {
		assert.ok(servers.includes(name), name);
	}
});

test('the version', async () => {
	assert.match(await askVersion(mapls, process.env), /^(v\d|\(devel\))/);
	await assert.rejects(askVersion(build('mapvet'), process.env), /-version fails|is no mapls/);
});

