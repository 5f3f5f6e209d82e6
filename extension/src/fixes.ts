import * as vscode from 'vscode';
import { CodeActionRequest, CodeActionResolveRequest, CodeActionTriggerKind, type CodeAction, type LanguageClient } from 'vscode-languageclient/node';

/** actions asks mapls, and no other server, what can be done at a place. */
export async function actions(client: LanguageClient, document: vscode.TextDocument, range: vscode.Range, kind: string): Promise<CodeAction[]> {
	const list = await client.sendRequest(CodeActionRequest.type, {
		textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
		range: client.code2ProtocolConverter.asRange(range),
		context: { diagnostics: [], only: [kind], triggerKind: CodeActionTriggerKind.Invoked },
	});
	return (list ?? []).filter((a): a is CodeAction => 'kind' in a);
}

/** apply makes the edit of an action in the workspace. */
export async function apply(client: LanguageClient, action: CodeAction): Promise<void> {
	const resolved = action.edit ? action : await client.sendRequest(CodeActionResolveRequest.type, action);
	const edit = await client.protocol2CodeConverter.asWorkspaceEdit(resolved.edit);
	if (!edit || !await vscode.workspace.applyEdit(edit)) {
		throw new Error(`"${action.title}" cannot be applied: the document has changed meanwhile.`);
	}
}
