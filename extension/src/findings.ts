import * as vscode from 'vscode';
import { linkOf, pageOf, ruleOf, ruleOfPage } from './links';
import type { Found } from './status';

/** nameOf returns what a diagnostic is called: its rule, or "escape". */
export function nameOf(d: vscode.Diagnostic): string {
	return String(typeof d.code === 'object' ? d.code.value : d.code);
}

/** toPages makes the links of diagnostics lead to pages inside the editor. */
export function toPages(list: readonly vscode.Diagnostic[]): void {
	for (const d of list) {
		const rule = target(d, ruleOf);
		if (rule !== undefined) {
			d.code = { value: nameOf(d), target: vscode.Uri.parse(pageOf(rule)) };
		}
	}
}

/**
 * fromPages returns diagnostics with the links that the server gave them. They are
 * copies that keep what the client has noted in them.
 */
export function fromPages(list: readonly vscode.Diagnostic[]): vscode.Diagnostic[] {
	return list.map(d => {
		const rule = target(d, ruleOfPage);
		if (rule === undefined) {
			return d;
		}
		const copy: vscode.Diagnostic = Object.assign(Object.create(Object.getPrototypeOf(d)), d);
		copy.code = { value: nameOf(d), target: vscode.Uri.parse(linkOf(rule)) };
		return copy;
	});
}

function target(d: vscode.Diagnostic, read: (link: string) => string | undefined): string | undefined {
	return typeof d.code === 'object' ? read(d.code.target.toString()) : undefined;
}

/** Findings holds what the server reports. */
export class Findings implements vscode.Disposable {
	private readonly byFile = new Map<string, readonly vscode.Diagnostic[]>();
	private readonly changed = new vscode.EventEmitter<void>();
	readonly onDidChange = this.changed.event;

	set(uri: vscode.Uri, list: readonly vscode.Diagnostic[]): void {
		if (list.length === 0) {
			this.byFile.delete(uri.toString());
		} else {
			this.byFile.set(uri.toString(), list);
		}
		this.changed.fire();
	}

	clear(): void {
		this.byFile.clear();
		this.changed.fire();
	}

	/** count counts the findings of all files. */
	count(): Found {
		const found: Found = { findings: 0, escapes: 0 };
		for (const list of this.byFile.values()) {
			for (const d of list) {
				if (nameOf(d) === 'escape') {
					found.escapes++;
				} else {
					found.findings++;
				}
			}
		}
		return found;
	}

	/** at returns what is reported at a place, the innermost first, or else on its line. */
	at(uri: vscode.Uri, place: vscode.Position): vscode.Diagnostic[] {
		const list = this.byFile.get(uri.toString()) ?? [];
		const here = list.filter(d => d.range.contains(place)).sort((a, b) => a.range.contains(b.range) ? 1 : -1);
		return here.length > 0 ? here : list.filter(d => d.range.start.line <= place.line && place.line <= d.range.end.line);
	}

	dispose(): void {
		this.changed.dispose();
	}
}
