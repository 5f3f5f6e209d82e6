import type { LanguageClientOptions } from 'vscode-languageclient/node';
import { forServer } from './settings';

/** Documents of these kinds are sent to the server. */
export const documents = [
	{ language: 'go', scheme: 'file' },
	{ language: 'go', scheme: 'untitled' },
];

/**
 * clientOptions returns what the language client is told that does not depend on the
 * editor. The settings among the initialization options count until the server has
 * asked for those of each folder.
 */
export function clientOptions(section: () => unknown, trusted: () => boolean): LanguageClientOptions {
	return {
		documentSelector: documents,
		diagnosticCollectionName: 'mapdiag',
		initializationOptions: () => forServer(section(), trusted()),
	};
}
