import * as vscode from 'vscode';
import { documents } from './options';
import type { StatusText } from './status';

const severities = {
	information: vscode.LanguageStatusSeverity.Information,
	warning: vscode.LanguageStatusSeverity.Warning,
	error: vscode.LanguageStatusSeverity.Error,
};

/** StatusItem is the line about mapdiag in the language status of Go files. */
export class StatusItem implements vscode.Disposable {
	private readonly item = vscode.languages.createLanguageStatusItem('mapdiag', documents);
	private working = 0;

	constructor() {
		this.item.name = 'mapdiag';
		this.item.command = { command: 'mapdiag.showStatus', title: 'Show Status' };
	}

	/** busy counts what the server does in the background. */
	busy(step: 1 | -1): void {
		this.working = Math.max(0, this.working + step);
	}

	/** show shows a text. A server that does not run does nothing in the background. */
	show(text: StatusText, state: 'running' | 'starting' | 'stopped' | 'failed'): void {
		if (state !== 'running') {
			this.working = 0;
		}
		this.item.text = text.text;
		this.item.detail = text.detail;
		this.item.severity = severities[text.severity];
		this.item.busy = this.working > 0 || state === 'starting';
	}

	dispose(): void {
		this.item.dispose();
	}
}
