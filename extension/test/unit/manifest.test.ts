import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ownKeys } from '../../src/settings';
import { root } from '../root';

interface Manifest {
	activationEvents: string[];
	dependencies: Record<string, string>;
	icon: string;
	capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
	contributes: {
		commands: { command: string; enablement?: string }[];
		menus: { commandPalette: { command: string }[] };
		configuration: { properties: Record<string, { scope: string }> }[];
		walkthroughs: { steps: { description: string; media: { markdown?: string; image?: string }; completionEvents: string[] }[] }[];
	};
}

const text = readFileSync(root('package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const commands = manifest.contributes.commands.map(c => c.command);
const source = readdirSync(root('extension/src')).filter(f => f.endsWith('.ts')).map(f => readFileSync(root('extension/src', f), 'utf8')).join('\n');

test('every command is implemented, and no other one is', () => {
	const table = /const all: Record<.*?> = \{(.*?)\n\t\t\};/s.exec(readFileSync(root('extension/src/commands.ts'), 'utf8'));
	const implemented = [...table![1].matchAll(/^\t\t\t(\w+):/gm)].map(m => 'mapdiag.' + m[1]);
	assert.deepEqual([...implemented].sort(), [...commands].sort());
});

test('commands that are named anywhere exist', () => {
	const named = [...text.matchAll(/(?:command:|onCommand:)(mapdiag\.\w+)/g), ...source.matchAll(/executeCommand\('(mapdiag\.\w+)'/g)].map(m => m[1]);
	named.push(...manifest.contributes.menus.commandPalette.map(m => m.command));
	assert.ok(named.length > 3);
	for (const name of named) {
		assert.ok(commands.includes(name), name);
	}
});

test('enablement asks for what the extension sets', () => {
	const set = new Set([...source.matchAll(/setContext\('(\w+)'/g)].map(m => 'mapdiag.' + m[1]));
	for (const [, name] of text.matchAll(/(?<!on[A-Z]\w+:)\b(mapdiag\.(?:running|active|found))\b/g)) {
		assert.ok(set.has(name), name);
	}
	assert.ok(set.size === 3);
});

test('the extension wakes for Go alone, and depends on nothing but the language client', () => {
	assert.deepEqual(manifest.activationEvents, ['onLanguage:go']);
	assert.deepEqual(Object.keys(manifest.dependencies), ['vscode-languageclient']);
});

test('settings that name programs or flags are restricted', () => {
	const settings = manifest.contributes.configuration.flatMap(c => Object.entries(c.properties));
	assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, ['mapdiag.buildFlags', 'mapdiag.server.path']);
	for (const name of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations) {
		assert.ok(settings.some(([key]) => key === name), name);
	}
	// What the server reads can differ from folder to folder; what it does not know is kept from it.
	for (const [key, { scope }] of settings) {
		const own = ownKeys.includes(key.split('.')[1]);
		assert.equal(scope === 'resource', !own, key);
	}
});

test('files that the manifest names are there', () => {
	const files = [manifest.icon, ...manifest.contributes.walkthroughs.flatMap(w => w.steps.map(s => s.media.markdown ?? s.media.image ?? ''))];
	for (const file of files) {
		assert.ok(existsSync(root(file)), file);
	}
	assert.equal(manifest.contributes.walkthroughs[0].steps.length, 4);
});
