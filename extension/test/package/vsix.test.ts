import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../root';
import { readZip } from './zip';

const { version } = JSON.parse(readFileSync(root('package.json'), 'utf8')) as { version: string };
const packed = readdirSync(root('dist')).filter(f => f.endsWith(`-${version}.vsix`));
const rules = readdirSync(root('docs/rules')).filter(f => f !== 'README.md').map(f => f.replace('.md', '.html'));

// What programs of a platform begin with.
const magic: Record<string, string> = { linux: '7f454c46', darwin: 'cffaedfe', win32: '4d5a' };
// Where they say for which processor they are, as Go's names of them go.
const machine: Record<string, (b: Buffer) => number> = {
	linux: b => b.readUInt16LE(18), darwin: b => b.readUInt32LE(4), win32: b => b.readUInt16LE(b.readUInt32LE(0x3c) + 4),
};
const machines: Record<string, number> = {
	'linux-x64': 62, 'linux-arm64': 183, 'darwin-x64': 0x01000007, 'darwin-arm64': 0x0100000c, 'win32-x64': 0x8664, 'win32-arm64': 0xaa64,
};

test('something is packed', () => {
	assert.ok(packed.length > 0, 'run npm run package first');
});

for (const name of packed) {
	const platform = name.slice('mapdiag-'.length, -`-${version}.vsix`.length);
	const file = root('dist', name);
	const os = platform.split('-')[0];
	const exe = os === 'win32' ? '.exe' : '';

	test(`${name} holds what is needed and nothing else`, () => {
		const pictures = readdirSync(root('extension/walkthrough')).map(f => 'extension/extension/walkthrough/' + f)
			.concat(readdirSync(root('extension'), { withFileTypes: true }).some(d => d.name === 'media')
				? readdirSync(root('extension/media')).filter(f => f.endsWith('.png')).map(f => 'extension/extension/media/' + f) : []);
		const want = [
			'[Content_Types].xml', 'extension.vsixmanifest',
			'extension/LICENSE.txt', 'extension/changelog.md', 'extension/package.json', 'extension/readme.md',
			'extension/extension/icon.png',
			'extension/extension/dist/NOTICES.txt', 'extension/extension/bin/NOTICES.txt', 'extension/extension/dist/extension.js', 'extension/extension/dist/rules/page.css', ...rules.map(r => 'extension/extension/dist/rules/' + r),
			`extension/extension/bin/mapls${exe}`, `extension/extension/bin/mapvet${exe}`,
			...pictures,
		];
		assert.deepEqual(readZip(file).map(e => e.name).sort(), want.sort());
	});

	test(`${name} is small, and its bundle has no source map`, () => {
		assert.ok(statSync(file).size < 15e6, `${statSync(file).size} bytes`);
		const bundle = readZip(file).find(e => e.name.endsWith('/extension.js'))!.content().toString('utf8');
		assert.ok(bundle.length < 600_000, `the bundle has ${bundle.length} bytes`);
		assert.doesNotMatch(bundle, /sourceMappingURL/);
		assert.doesNotMatch(bundle, new RegExp(root('').replace(/[\\/]$/, '').replaceAll(path.sep, '[\\\\/]')));
	});

	test(`${name} holds programs of its platform that can be run`, () => {
		for (const program of ['mapls', 'mapvet']) {
			const entry = readZip(file).find(e => e.name === `extension/extension/bin/${program}${exe}`)!;
			const content = entry.content();
			assert.equal(content.length, entry.size);
			assert.equal(content.toString('hex', 0, magic[os].length / 2), magic[os]);
			assert.equal(machine[os](content), machines[platform], platform);
			assert.ok(os === 'win32' || (entry.mode & 0o111) === 0o111, `${program} has the mode ${entry.mode.toString(8)}`);
			assert.ok(content.includes(`v${version}`), 'it has no version');
			assert.ok(!content.includes(root('')), 'it tells where it was built');
		}
	});

	test(`${name} says for which platform it is, and its page has no relative links`, () => {
		const read = (n: string) => readZip(file).find(e => e.name === n)!.content().toString('utf8');
		assert.match(read('extension.vsixmanifest'), new RegExp(`TargetPlatform="${platform}"`));
		for (const [, link] of read('extension/readme.md').matchAll(/\]\(([^)]*)\)/g)) {
			assert.match(link, /^https:|^#/, link);
		}
	});
}
