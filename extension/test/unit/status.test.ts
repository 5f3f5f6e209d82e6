import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count, statusPage, statusText } from '../../src/status';

const none = { findings: 0, escapes: 0 };

test('the line in the language status', () => {
	const running = { kind: 'running', version: 'v0.1.0' } as const;
	assert.deepEqual(statusText(running, none, true), { text: 'mapdiag: no findings', detail: 'mapls v0.1.0', severity: 'information' });
	assert.deepEqual(statusText(running, { findings: 1, escapes: 2 }, true), { text: 'mapdiag: 1 finding', detail: 'mapls v0.1.0, 2 escape hints', severity: 'information' });
	assert.match(statusText(running, none, false).detail, /Restricted Mode/);
	assert.deepEqual(statusText({ kind: 'failed', reason: 'no go' }, none, true), { text: 'mapdiag: not running', detail: 'no go', severity: 'error' });
	assert.equal(statusText({ kind: 'stopped' }, none, true).severity, 'warning');
	assert.equal(statusText({ kind: 'starting' }, none, true).text, 'mapdiag: starting');
});

test('numbers of things', () => {
	assert.equal(count(1, 'finding'), '1 finding');
	assert.equal(count(0, 'finding'), '0 findings');
	assert.equal(count(2, 'safe fix', 'safe fixes'), '2 safe fixes');
});

test('the status page of a running server', () => {
	const page = statusPage({
		extension: '0.1.0', state: { kind: 'running', version: 'v0.1.0' }, server: { file: '/ext/mapls', origin: 'bundled' }, go: '/usr/bin/go',
		trusted: true, found: { findings: 3, escapes: 1 },
		status: { version: 'v0.1.0', go: 'go1.26.8', cache: '', heapBytes: 3 << 20, builds: { '/b': 2, '/a': 1 }, documents: 1, busy: false, last: '1.5ms' },
	});
	for (const line of ['Server: running, v0.1.0', 'Program: /ext/mapls (bundled)', 'Results are kept in: memory only', 'Memory in use: 3.0 MiB', 'Findings: 3, escape hints: 1']) {
		assert.ok(page.split('\n').includes(line), `${line} is not in\n${page}`);
	}
	assert.ok(page.indexOf('Packages in /a') < page.indexOf('Packages in /b'));
});

test('the status page without a server says why', () => {
	const page = statusPage({ extension: '0.1.0', state: { kind: 'failed', reason: 'none found' }, trusted: false, found: none });
	assert.match(page, /Server: not running: none found\ngo command: not found\nWorkspace: Restricted Mode/);
});
