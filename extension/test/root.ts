import path from 'node:path';

/** root returns a path of the repository. The tests run compiled, from extension/out/test. */
export function root(...parts: string[]): string {
	return path.join(__dirname, '..', '..', '..', ...parts);
}
