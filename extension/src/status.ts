/** State is what the server is doing. */
export type State =
	| { kind: 'stopped' }
	| { kind: 'starting' }
	| { kind: 'running'; version: string }
	| { kind: 'failed'; reason: string };

/** Found counts what is reported: findings of rules, and hints of the compiler. */
export interface Found {
	findings: number;
	escapes: number;
}

export interface StatusText {
	text: string;
	detail: string;
	severity: 'information' | 'warning' | 'error';
}

/** statusText says what stands in the language status. */
export function statusText(state: State, found: Found, trusted: boolean): StatusText {
	switch (state.kind) {
	case 'stopped':
		return { text: 'mapdiag: stopped', detail: 'The server is not running.', severity: 'warning' };
	case 'starting':
		return { text: 'mapdiag: starting', detail: '', severity: 'information' };
	case 'failed':
		return { text: 'mapdiag: not running', detail: state.reason, severity: 'error' };
	case 'running': {
		const detail = [`mapls ${state.version}`];
		if (found.escapes > 0) {
			detail.push(count(found.escapes, 'escape hint'));
		}
		if (!trusted) {
			detail.push('Restricted Mode: no escape analysis');
		}
		const text = 'mapdiag: ' + (found.findings === 0 ? 'no findings' : count(found.findings, 'finding'));
		return { text, detail: detail.join(', '), severity: 'information' };
	}
	}
}

/** Status is what mapls answers to its command mapdiag.status. */
export interface ServerStatus {
	version: string;
	go: string;
	cache: string;
	heapBytes: number;
	builds: Record<string, number> | null;
	documents: number;
	busy: boolean;
	last: string;
}

/** statusPage says at length how things stand, for the user to read or to send on. */
export function statusPage(about: {
	extension: string;
	state: State;
	server?: { file: string; origin: string };
	go?: string;
	goVersion?: string;
	trusted: boolean;
	found: Found;
	status?: ServerStatus;
}): string {
	const lines = ['mapdiag', '', `Extension: ${about.extension}`];
	switch (about.state.kind) {
	case 'running': lines.push(`Server: running, ${about.state.version}`); break;
	case 'failed': lines.push(`Server: not running: ${about.state.reason}`); break;
	default: lines.push(`Server: ${about.state.kind}`);
	}
	if (about.server) {
		lines.push(`Program: ${about.server.file} (${about.server.origin})`);
	}
	lines.push(`go command: ${about.go ?? 'not found'}${about.goVersion ? ` (${about.goVersion})` : ''}`);
	lines.push(`Workspace: ${about.trusted ? 'trusted' : 'Restricted Mode: no escape analysis, no C compiler, bundled server only'}`);
	lines.push(`Findings: ${about.found.findings}, escape hints: ${about.found.escapes}`);
	const s = about.status;
	if (s) {
		lines.push('', `Built with: ${s.go}`, `Results are kept in: ${s.cache || 'memory only'}`);
		lines.push(`Memory in use: ${(s.heapBytes / (1 << 20)).toFixed(1)} MiB`);
		lines.push(`Open documents: ${s.documents}`, `Busy: ${s.busy ? 'yes' : 'no'}`, `Last edit took: ${s.last}`);
		for (const [dir, units] of Object.entries(s.builds ?? {}).sort()) {
			lines.push(`Packages in ${dir}: ${units} (with tests counted apart)`);
		}
	}
	return lines.join('\n') + '\n';
}

/** count returns a number of things, whose plural may be special. */
export function count(n: number, one: string, many = one + 's'): string {
	return `${n} ${n === 1 ? one : many}`;
}
