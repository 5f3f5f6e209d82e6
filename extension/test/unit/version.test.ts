import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askGo, askVersion, differs, parseVersion, tooOld } from '../../src/version';

test('versions as mapls prints them', () => {
	assert.equal(parseVersion('mapls v0.1.0\n'), 'v0.1.0');
	assert.equal(parseVersion('mapls (devel)\n'), '(devel)');
	assert.equal(parseVersion('mapls v0.1.1-0.20261123072606-5be2a40aaaaa+dirty\r\n'), 'v0.1.1-0.20261123072606-5be2a40aaaaa+dirty');
	for (const other of ['', 'gopls v0.23.0\n', 'mapls\n', 'mapls v0.1.0 and more\n', 'usage of mapls:\n  -v\n']) {
		assert.equal(parseVersion(other), undefined, other);
	}
});

test('a release of another minor version does not fit', () => {
	assert.equal(differs('v0.1.0', '0.1.7'), undefined);
	assert.equal(differs('(devel)', '0.1.0'), undefined);
	assert.equal(differs('v0.9.1-0.20261123072606-5be2a40aaaaa', '0.1.0'), undefined);
	assert.match(differs('v0.2.0', '0.1.0') ?? '', /version v0\.2\.0, the extension of version 0\.1\.0/);
	assert.match(differs('v1.1.0', '0.1.0') ?? '', /v1\.1\.0/);
});

test('a program that is no mapls', async () => {
	await assert.rejects(askVersion('/no/such/program', {}), /\/no\/such\/program -version fails/);
	await assert.rejects(askVersion(process.execPath, {}), /-version fails|is no mapls/);
});

test('the version of Go', async () => {
	assert.match(await askGo('go', undefined, process.env) ?? '', /^go1\./);
	assert.equal(await askGo('/no/such/go', undefined, process.env), undefined);
	assert.deepEqual(['go1.25.4', 'go1.9', 'go1.26rc1', 'go1.26.8', 'go1.30', 'devel +abc'].filter(tooOld), ['go1.25.4', 'go1.9']);
});
