import { execFile } from 'node:child_process';

/** askVersion runs a server to have it tell its version. It fails if the program is no mapls. */
export async function askVersion(file: string, env: NodeJS.ProcessEnv): Promise<string> {
	const output = await run(file, ['-version'], env);
	const version = parseVersion(output);
	if (version === undefined) {
		throw new Error(`${file} is no mapls: it does not tell its version as mapls does.`);
	}
	return version;
}

/** askGo returns the version of the go command in a folder, such as "go1.26.8", if it tells. */
export async function askGo(go: string, dir: string | undefined, env: NodeJS.ProcessEnv): Promise<string | undefined> {
	try {
		return (await run(go, ['env', 'GOVERSION'], env, dir)).trim() || undefined;
	} catch {
		return undefined; // mapls will say what is wrong with it
	}
}

/** tooOld reports whether a version of Go is one before those that mapdiag is made for. */
export function tooOld(version: string): boolean {
	const m = /^go1\.(\d+)/.exec(version);
	return m !== null && Number(m[1]) < 26;
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<string> {
	return new Promise((resolve, reject) => {
		execFile(file, args, { env, cwd, timeout: 20_000, windowsHide: true }, (error, stdout, stderr) => {
			if (error) {
				const text = stderr.trim().split('\n')[0];
				reject(new Error(`${file} ${args.join(' ')} fails: ${text || error.message}`));
			} else {
				resolve(stdout);
			}
		});
	});
}

/** parseVersion returns the version from what mapls -version prints, such as "v0.1.0" or "(devel)". */
export function parseVersion(output: string): string | undefined {
	return /^mapls (\S+)\s*$/.exec(output)?.[1];
}

/**
 * differs says how the version of a server does not fit this extension, if it does not.
 * A build from a checkout has no release's version, so nothing is said of it.
 */
export function differs(server: string, extension: string): string | undefined {
	const release = /^v(\d+)\.(\d+)\.\d+$/.exec(server);
	if (!release) {
		return undefined;
	}
	const [major, minor] = extension.split('.');
	if (release[1] === major && release[2] === minor) {
		return undefined;
	}
	return `mapls is of version ${server}, the extension of version ${extension}: settings and commands may be missing.`;
}
