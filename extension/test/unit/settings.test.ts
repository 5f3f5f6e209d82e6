import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forServer } from '../../src/settings';

test('the extension keeps its own settings to itself', () => {
	const section = { server: { path: '/x' }, trace: { server: 'off' }, tests: true, rules: { sizehint: { level: 'possible' } } };
	assert.deepEqual(forServer(section, true), { tests: true, rules: { sizehint: { level: 'possible' } } });
	assert.deepEqual(forServer({ 'server.path': '/x', 'trace.server': 'off', 'escape.mode': 'off' }, true), { 'escape.mode': 'off' });
});

test('an untrusted workspace compiles nothing', () => {
	const section = { escape: { mode: 'onType', show: 'all' }, buildFlags: ['-toolexec=/x'], hover: false };
	assert.deepEqual(forServer(section, false), { escape: { mode: 'off', show: 'all' }, buildFlags: [], hover: false });
	assert.deepEqual(forServer(undefined, false), { escape: { mode: 'off' }, buildFlags: [] });
	assert.deepEqual(section.escape.mode, 'onType', 'the editor\'s own values are changed');
});

test('an editor without settings', () => {
	for (const nothing of [undefined, null, [], 'x']) {
		assert.deepEqual(forServer(nothing, true), {});
	}
});
