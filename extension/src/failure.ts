import * as vscode from 'vscode';

/** What the user can do about a failure. */
const remedies = {
	restart: { title: 'Try Again', run: () => vscode.commands.executeCommand('mapdiag.restartServer') },
	output: { title: 'Show Output', run: () => vscode.commands.executeCommand('mapdiag.showOutput') },
	setting: { title: 'Open Setting', run: openPath },
	go: { title: 'Install Go', run: () => vscode.env.openExternal(vscode.Uri.parse('https://go.dev/doc/install')) },
};

export type Remedy = keyof typeof remedies;

/** Failure is a reason why the server does not run that starting again does not mend. */
export class Failure extends Error {
	constructor(message: string, private readonly offered: Remedy[]) {
		super(message);
	}

	/** show tells the user, with buttons. */
	async show(): Promise<void> {
		const items = this.offered.map(r => remedies[r]);
		const chosen = await vscode.window.showErrorMessage(this.message, ...items);
		await chosen?.run();
	}
}

/**
 * openPath shows the setting that names the server, where it is set. Settings of a
 * machine stand among those of the remote one where there is one, and a search among
 * the user's finds nothing.
 */
function openPath(): Thenable<unknown> {
	const key = 'mapdiag.server.path';
	const workspace = vscode.workspace.getConfiguration().inspect(key)?.workspaceValue !== undefined;
	const settings = workspace ? 'openWorkspaceSettings' : vscode.env.remoteName ? 'openRemoteSettings' : 'openSettings';
	return vscode.commands.executeCommand(`workbench.action.${settings}`, { query: key });
}
