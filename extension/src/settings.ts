/** Keys below "mapdiag" that are the extension's own; mapls would take them for mistakes. */
export const ownKeys = ['server', 'trace'];

/**
 * forServer returns the settings that mapls gets for a folder. In an untrusted
 * workspace the compiler is not asked for its escape analysis, and flags for the go
 * command are not passed on.
 */
export function forServer(section: unknown, trusted: boolean): Record<string, unknown> {
	const values: Record<string, unknown> = {};
	if (section !== null && typeof section === 'object' && !Array.isArray(section)) {
		for (const [key, value] of Object.entries(section)) {
			if (!ownKeys.some(own => key === own || key.startsWith(own + '.'))) {
				values[key] = value;
			}
		}
	}
	if (!trusted) {
		const escape = values.escape;
		values.escape = { ...(escape !== null && typeof escape === 'object' ? escape : {}), mode: 'off' };
		values.buildFlags = [];
	}
	return values;
}
