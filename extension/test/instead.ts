import Module from 'node:module';

type Load = (request: string, ...rest: unknown[]) => unknown;

/**
 * withEditor loads modules that import "vscode" with something in its place. Only where
 * what they do is the same under plain Node is that of use.
 */
export function withEditor<T>(editor: object, load: () => T): T {
	const loader = Module as unknown as { _load: Load };
	const original = loader._load;
	loader._load = function (request, ...rest) {
		return request === 'vscode' ? editor : original.call(this, request, ...rest);
	};
	try {
		return load();
	} finally {
		loader._load = original;
	}
}
