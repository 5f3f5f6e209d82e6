import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as path from 'node:path';

/** System is what finding programs depends on. */
export interface System {
	platform: NodeJS.Platform;
	env: NodeJS.ProcessEnv;
	home: string;
	/** runnable reports whether a file is there and can be run. */
	runnable(file: string): Promise<boolean>;
}

/** runnable looks at the disk. */
export async function runnable(file: string): Promise<boolean> {
	try {
		if (!(await stat(file)).isFile()) {
			return false;
		}
		await access(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** Where the server was found: from the setting, in the extension, or on the PATH. */
export type Origin = 'setting' | 'bundled' | 'PATH';

export type Found = { file: string; origin: Origin } | { problem: 'setting' | 'none'; text: string };

/**
 * findServer returns the server to start: that of the setting, the one that comes
 * with the extension, or one on the PATH. In an untrusted workspace it is the bundled
 * one, whatever else there is.
 */
export async function findServer(system: System, setting: string, bundled: string, trusted: boolean): Promise<Found> {
	setting = setting.trim();
	if (trusted && setting !== '') {
		const file = expandHome(system, setting);
		if (!isAbsolute(system, file)) {
			return { problem: 'setting', text: `mapdiag.server.path is "${setting}", and it has to be an absolute path.` };
		}
		if (!await system.runnable(file)) {
			return { problem: 'setting', text: `mapdiag.server.path names ${file}, which is no program that can be run.` };
		}
		return { file, origin: 'setting' };
	}
	if (await system.runnable(bundled)) {
		return { file: bundled, origin: 'bundled' };
	}
	const onPath = trusted ? await findOnPath(system, 'mapls') : undefined;
	if (onPath !== undefined) {
		return { file: onPath, origin: 'PATH' };
	}
	const where = trusted ? 'neither in the extension nor on the PATH' : 'not in the extension; in Restricted Mode no other one is started';
	return { problem: 'none', text: `The language server mapls is ${where}. Install the package of the extension for this platform, or name a mapls in mapdiag.server.path.` };
}

/** Folders in which installers put the go command; a desktop does not always have them on the PATH. */
const goFolders: Partial<Record<NodeJS.Platform, string[]>> = {
	win32: ['C:\\Program Files\\Go\\bin'],
	darwin: ['/usr/local/go/bin', '/opt/homebrew/bin'],
	linux: ['/usr/local/go/bin', '/snap/bin'],
};

/** findGo returns the go command, first of all from the PATH. */
export async function findGo(system: System): Promise<string | undefined> {
	const onPath = await findOnPath(system, 'go');
	if (onPath !== undefined) {
		return onPath;
	}
	for (const dir of goFolders[system.platform] ?? []) {
		const file = join(system, dir, 'go' + extension(system));
		if (await system.runnable(file)) {
			return file;
		}
	}
	return undefined;
}

/** findOnPath returns the first program of that name in a folder of the PATH. */
export async function findOnPath(system: System, name: string): Promise<string | undefined> {
	for (const dir of pathOf(system).split(delimiter(system))) {
		// What an empty or relative entry means depends on the folder that is open.
		if (dir === '' || !isAbsolute(system, dir)) {
			continue;
		}
		const file = join(system, dir, name + extension(system));
		if (await system.runnable(file)) {
			return file;
		}
	}
	return undefined;
}

/** extension returns what names of programs end with. */
export function extension(system: Pick<System, 'platform'>): string {
	return system.platform === 'win32' ? '.exe' : '';
}

/**
 * serverEnv returns the environment of the server: the go command has to be on its
 * PATH. In an untrusted workspace the go command must not run what the workspace could
 * have a say in: git with the repository's configuration or from hosts that go.mod names,
 * a C compiler with flags from comments, another toolchain.
 */
export function serverEnv(system: System, go: string, trusted: boolean): NodeJS.ProcessEnv {
	const env: NodeJS.ProcessEnv = { ...system.env };
	const dir = dirname(system, go);
	const path = pathOf(system);
	if (!path.split(delimiter(system)).includes(dir)) {
		env[pathKey(system)] = path === '' ? dir : path + delimiter(system) + dir;
	}
	if (!trusted) {
		env.GOFLAGS = ((env.GOFLAGS ?? '') + ' -buildvcs=false').trim();
		env.CGO_ENABLED = '0';
		env.GOTOOLCHAIN = 'local';
		env.GOVCS = '*:off';
	}
	return env;
}

function expandHome(system: System, file: string): string {
	return /^~[/\\]/.test(file) ? join(system, system.home, file.slice(2)) : file;
}

// On Windows the variable is mostly spelt "Path", and a copy of the environment
// knows that spelling alone.
function pathKey(system: System): string {
	if (system.platform !== 'win32') {
		return 'PATH';
	}
	return Object.keys(system.env).find(k => k.toUpperCase() === 'PATH') ?? 'PATH';
}

function pathOf(system: System): string {
	return system.env[pathKey(system)] ?? '';
}

function rules(system: Pick<System, 'platform'>): path.PlatformPath {
	return system.platform === 'win32' ? path.win32 : path.posix;
}

function join(system: System, ...parts: string[]): string {
	return rules(system).join(...parts);
}

function dirname(system: System, file: string): string {
	return rules(system).dirname(file);
}

function isAbsolute(system: System, file: string): boolean {
	return rules(system).isAbsolute(file);
}

function delimiter(system: System): string {
	return rules(system).delimiter;
}
