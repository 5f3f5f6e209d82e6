// Packs the extension with its programs into dist/: for this platform, with --all
// for every one, or for those that are named, as "linux-arm64".
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = path.join(root, 'extension', 'bin');
const platforms = ['linux', 'darwin', 'win32'].flatMap(os => ['x64', 'arm64'].map(arch => `${os}-${arch}`));
const goNames = { win32: 'windows', x64: 'amd64' };

// Where the programs keep their version; see internal/version.
const stamp = 'github.com/mapdiag/mapdiag/internal/version.stamp';
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const targets = process.argv.includes('--all') ? platforms : process.argv.slice(2);
if (targets.length === 0) {
	targets.push(`${process.platform}-${process.arch}`);
}

await bundle();
await mkdir(path.join(root, 'dist'), { recursive: true });
for (const target of targets) {
	if (!platforms.includes(target)) {
		throw new Error(`${target} is no platform of the extension; there are ${platforms.join(', ')}`);
	}
	await rm(bin, { recursive: true, force: true });
	goBuild(target, 'mapls');
	goBuild(target, 'mapvet');
	const packagePath = path.join(root, 'dist', `mapdiag-${target}-${version}.vsix`);
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

function goBuild(target, program) {
	const [os, arch] = target.split('-');
	const file = path.join(bin, program + (os === 'win32' ? '.exe' : ''));
	const args = ['build', '-trimpath', '-buildvcs=false', `-ldflags=-s -w -X ${stamp}=v${version}`, '-o', file, `./cmd/${program}`];
	const env = { ...process.env, CGO_ENABLED: '0', GOOS: goNames[os] ?? os, GOARCH: goNames[arch] ?? arch };
	const { status, error } = spawnSync('go', args, { cwd: root, env, stdio: 'inherit' });
	if (status !== 0) {
		throw new Error(`go build of ${program} for ${target} failed${error ? `: ${error.message}` : ''}`);
	}
}
