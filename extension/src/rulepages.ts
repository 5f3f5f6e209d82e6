import { readdir, readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { pageOf, ruleOfPage } from './links';
import { rulePage } from './page';

const viewType = 'mapdiag.rulePage';

/** RulePages shows the pages about rules, which come with the extension, as editors. */
export class RulePages implements vscode.CustomReadonlyEditorProvider {
	private readonly dir: vscode.Uri;

	constructor(private readonly extension: vscode.Uri) {
		this.dir = vscode.Uri.joinPath(extension, 'extension/dist/rules');
	}

	register(): vscode.Disposable {
		return vscode.window.registerCustomEditorProvider(viewType, this, { webviewOptions: { enableFindWidget: true } });
	}

	/** open shows the page of a rule, or lets the user choose one. */
	async open(rule?: string): Promise<void> {
		rule ??= await vscode.window.showQuickPick(this.rules(), { placeHolder: 'The rule to read about' });
		if (rule !== undefined) {
			await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.parse(pageOf(rule)), viewType);
		}
	}

	private async rules(): Promise<string[]> {
		return (await readdir(this.dir.fsPath)).filter(f => f.endsWith('.html')).map(f => f.slice(0, -'.html'.length)).sort();
	}

	openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
		return { uri, dispose: () => undefined };
	}

	async resolveCustomEditor(document: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
		const style = vscode.Uri.joinPath(this.extension, 'extension/dist/rules/page.css');
		panel.webview.options = { enableScripts: false, localResourceRoots: [this.dir] };
		const rule = ruleOfPage(document.uri.toString());
		let body = '<p>There is no such rule.</p>';
		if (rule !== undefined && (await this.rules()).includes(rule)) {
			body = await readFile(vscode.Uri.joinPath(this.dir, rule + '.html').fsPath, 'utf8');
		}
		panel.webview.html = rulePage(body, panel.webview.asWebviewUri(style).toString(), panel.webview.cspSource);
	}
}
