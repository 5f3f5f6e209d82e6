// Packs the extension with its programs into dist/: for this platform, with --all
// for every one, or for those that are named, as "linux-arm64".
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = path.join(root, 'extension', 'bin');
const dist = path.join(root, 'dist');
const platforms = ['linux', 'darwin', 'win32'].flatMap(os => ['x64', 'arm64'].map(arch => `${os}-${arch}`));

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const targets = process.argv.includes('--all') ? platforms : process.argv.slice(2);
if (targets.length === 0) {
	targets.push(`${process.platform}-${process.arch}`);
}

await bundle();
await mkdir(dist, { recursive: true });
for (const old of await readdir(dist)) {
	if (old.endsWith('.vsix')) {
		await rm(path.join(dist, old)); // what was packed before may be of another state
	}
}
for (const target of targets) {
	if (!platforms.includes(target)) {
		throw new Error(`${target} is no platform of the extension; there are ${platforms.join(', ')}`);
	}
	await rm(bin, { recursive: true, force: true });
	buildPrograms(target);
	const packagePath = path.join(dist, `mapdiag-${target}-${version}.vsix`);
	await createVSIX({
		cwd: root,
		target,
		packagePath,
		dependencies: false,
		readmePath: 'extension/README.md',
		changelogPath: 'extension/CHANGELOG.md',
		allowMissingRepository: true,
		allowUnusedFilesPattern: true,
	});
	console.log(path.relative(root, packagePath));
}

// The flags and the version of a release stand in internal/release alone.
function buildPrograms(target) {
	const args = ['run', './internal/release', '-platform', target, '-bin', bin, 'mapls', 'mapvet'];
	const { status, error } = spawnSync('go', args, { cwd: root, stdio: 'inherit' });
	if (status !== 0) {
		throw new Error(`the programs for ${target} cannot be built${error ? `: ${error.message}` : ''}`);
	}
}
