import * as path from 'node:path';

const place = /^((?:(?:map)?vet: )?)((?:[A-Za-z]:)?[^:\t]+\.go)(:\d+:\d+: .*)$/;

/**
 * absolute makes the file names in the output of go vet absolute. The go command prints
 * them relative to the folder that it runs in, and a problem matcher knows no other
 * folder than that of the workspace.
 */
export function absolute(line: string, dir: string): string {
	const m = place.exec(line);
	return m ? m[1] + path.resolve(dir, m[2]) + m[3] : line;
}
