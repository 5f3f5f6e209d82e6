import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { findGo, findServer, runnable, serverEnv, type System } from '../../src/programs';

const bundled = '/ext/bin/mapls';

function system(files: string[], env: NodeJS.ProcessEnv = { PATH: '/usr/bin:/opt/bin' }, platform: NodeJS.Platform = 'linux'): System {
	return { platform, env, home: platform === 'win32' ? 'C:\\Users\\me' : '/home/me', runnable: async file => files.includes(file) };
}

test('the setting comes before the bundled server, and that before the PATH', async () => {
	const all = ['/my/mapls', bundled, '/opt/bin/mapls'];
	assert.deepEqual(await findServer(system(all), '/my/mapls', bundled, true), { file: '/my/mapls', origin: 'setting' });
	assert.deepEqual(await findServer(system(all), ' ', bundled, true), { file: bundled, origin: 'bundled' });
	assert.deepEqual(await findServer(system(['/opt/bin/mapls']), '', bundled, true), { file: '/opt/bin/mapls', origin: 'PATH' });
	assert.deepEqual(await findServer(system(['/home/me/go/mapls']), '~/go/mapls', bundled, true), { file: '/home/me/go/mapls', origin: 'setting' });
});

test('a setting that leads nowhere is told of, and nothing else is started', async () => {
	for (const [setting, want] of [['/my/mapls', /\/my\/mapls, which is no program/], ['mapls', /absolute path/], ['./mapls', /absolute path/]] as const) {
		const found = await findServer(system([bundled, '/opt/bin/mapls', 'mapls', './mapls']), setting, bundled, true);
		assert.ok('problem' in found && found.problem === 'setting', setting);
		assert.match(found.text, want);
	}
});

test('an untrusted workspace gets the bundled server alone', async () => {
	const all = ['/my/mapls', bundled, '/opt/bin/mapls'];
	assert.deepEqual(await findServer(system(all), '/my/mapls', bundled, false), { file: bundled, origin: 'bundled' });
	const found = await findServer(system(['/my/mapls', '/opt/bin/mapls']), '/my/mapls', bundled, false);
	assert.ok('problem' in found && found.problem === 'none');
	assert.match(found.text, /Restricted Mode/);
});

test('no server at all', async () => {
	const found = await findServer(system([]), '', bundled, true);
	assert.ok('problem' in found && found.problem === 'none');
	assert.match(found.text, /neither in the extension nor on the PATH/);
});

test('relative folders of the PATH are left out', async () => {
	const env = { PATH: ':.:bin:/opt/bin' };
	assert.equal(await findGo(system(['go', 'bin/go', './go'], env)), undefined);
	assert.equal(await findGo(system(['go', 'bin/go', '/opt/bin/go'], env)), '/opt/bin/go');
});

test('the go command is found where installers put it', async () => {
	assert.equal(await findGo(system(['/usr/local/go/bin/go'])), '/usr/local/go/bin/go');
	const windows = system(['C:\\Program Files\\Go\\bin\\go.exe'], { Path: 'C:\\Windows;D:\\bin' }, 'win32');
	assert.equal(await findGo(windows), 'C:\\Program Files\\Go\\bin\\go.exe');
	assert.equal(await findGo(system(['D:\\bin\\go.exe', 'D:\\bin\\go'], { Path: 'C:\\Windows;D:\\bin' }, 'win32')), 'D:\\bin\\go.exe');
	assert.equal(await findGo(system([])), undefined);
});

test('the server sees the go command', () => {
	assert.equal(serverEnv(system([]), '/usr/local/go/bin/go', true).PATH, '/usr/bin:/opt/bin:/usr/local/go/bin');
	assert.equal(serverEnv(system([]), '/opt/bin/go', true).PATH, '/usr/bin:/opt/bin');
	assert.equal(serverEnv(system([], {}), '/opt/bin/go', true).PATH, '/opt/bin');
	const windows = serverEnv(system([], { Path: 'C:\\Windows' }, 'win32'), 'C:\\Program Files\\Go\\bin\\go.exe', true);
	assert.deepEqual(windows, { Path: 'C:\\Windows;C:\\Program Files\\Go\\bin' });
});

test('an untrusted workspace has no say in what the go command runs', () => {
	const env = serverEnv(system([], { PATH: '/opt/bin', GOFLAGS: '-mod=mod', CGO_ENABLED: '1' }), '/opt/bin/go', false);
	assert.equal(env.GOFLAGS, '-mod=mod -buildvcs=false');
	assert.equal(env.CGO_ENABLED, '0');
	assert.equal(env.GOTOOLCHAIN, 'local');
	assert.equal(env.GOVCS, '*:off');
	const trusted = serverEnv(system([], { PATH: '/opt/bin', GOFLAGS: '-mod=mod' }), '/opt/bin/go', true);
	assert.deepEqual(trusted, { PATH: '/opt/bin', GOFLAGS: '-mod=mod' });
});

test('what can be run', { skip: process.platform === 'win32' }, async () => {
	const dir = await mkdtemp(path.join(tmpdir(), 'mapdiag-'));
	try {
		const file = path.join(dir, 'mapls');
		assert.equal(await runnable(file), false);
		await writeFile(file, '');
		await chmod(file, 0o644);
		assert.equal(await runnable(file), false);
		await chmod(file, 0o755);
		assert.equal(await runnable(file), true);
		assert.equal(await runnable(dir), false, 'a folder');
	} finally {
		await rm(dir, { recursive: true });
	}
});
