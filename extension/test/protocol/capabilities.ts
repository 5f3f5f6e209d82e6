import type { ClientCapabilities } from 'vscode-languageserver-protocol';
import { withEditor } from '../instead';

/**
 * clientCapabilities returns what vscode-languageclient tells a server that the editor
 * can do. The library wants the editor around it; as long as it only states what it
 * can do, something in its place that answers everything with nothing is enough.
 */
export function clientCapabilities(): ClientCapabilities {
	return withEditor(nothing({ version: '1.91.0' }), () => {
		const { LanguageClient } = require('vscode-languageclient/node') as typeof import('vscode-languageclient/node');
		const client = new LanguageClient('mapdiag', 'mapdiag', () => Promise.reject(new Error('not started')), {
			documentSelector: [{ language: 'go', scheme: 'file' }], outputChannel: nothing({}) as never,
		});
		return (client as unknown as { computeClientCapabilities(): ClientCapabilities }).computeClientCapabilities();
	});
}

/** nothing returns an object all of whose members can be called, made and looked into. */
function nothing(known: Record<string, unknown>): object {
	const members: Record<PropertyKey, unknown> = { ...known };
	return new Proxy(class {}, {
		get(target, key) {
			if (key === 'prototype') {
				return target.prototype;
			}
			if (key === Symbol.iterator) {
				return undefined;
			}
			return members[key] ??= key === Symbol.toPrimitive ? () => 1 : nothing({});
		},
		apply: () => nothing({}),
		construct: () => nothing({}),
	});
}
