import * as vscode from 'vscode';

/** Texts shows texts that are no files as read-only documents. */
export class Texts implements vscode.TextDocumentContentProvider, vscode.Disposable {
	private static readonly scheme = 'mapdiag-text';
	private readonly byName = new Map<string, string>();
	private readonly changed = new vscode.EventEmitter<vscode.Uri>();
	private readonly registration = vscode.workspace.registerTextDocumentContentProvider(Texts.scheme, this);
	readonly onDidChange = this.changed.event;

	provideTextDocumentContent(uri: vscode.Uri): string {
		return this.byName.get(uri.path) ?? 'This text was made in another session of the editor.\n';
	}

	/** show shows a text under a name, in place of what was shown under it before. */
	async show(name: string, text: string): Promise<void> {
		const uri = vscode.Uri.from({ scheme: Texts.scheme, path: '/' + name });
		this.byName.set(uri.path, text);
		this.changed.fire(uri);
		await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
	}

	dispose(): void {
		vscode.Disposable.from(this.registration, this.changed).dispose();
	}
}
