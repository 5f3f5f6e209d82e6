import * as vscode from 'vscode';

interface Definition extends vscode.TaskDefinition {
	packages?: string[];
	flags?: string[];
}

/** MapvetTasks offers go vet with the mapvet that comes with the extension as a task. */
export class MapvetTasks implements vscode.TaskProvider {
	constructor(
		private readonly mapvet: string,
		private readonly go: () => Promise<string>,
	) {}

	async provideTasks(): Promise<vscode.Task[]> {
		const go = await this.go();
		return (vscode.workspace.workspaceFolders ?? []).map(f => this.task({ type: 'mapvet' }, f, go));
	}

	async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
		const scope = task.scope;
		if (scope === undefined || typeof scope === 'number') {
			return undefined; // go vet needs a folder to run in
		}
		return this.task(task.definition as Definition, scope, await this.go());
	}

	/** run runs the task in the folder of a document, or the only one, or one that the user chooses. */
	async run(document: vscode.Uri | undefined): Promise<void> {
		const folders = vscode.workspace.workspaceFolders ?? [];
		let folder = document && vscode.workspace.getWorkspaceFolder(document);
		if (!folder) {
			folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick();
		}
		if (folder) {
			await vscode.tasks.executeTask(this.task({ type: 'mapvet' }, folder, await this.go()));
		}
	}

	private task(definition: Definition, folder: vscode.WorkspaceFolder, go: string): vscode.Task {
		const args = ['vet', `-vettool=${this.mapvet}`, ...definition.flags ?? [], ...definition.packages ?? ['./...']];
		const run = new vscode.ProcessExecution(go, args, { cwd: folder.uri.fsPath });
		const task = new vscode.Task(definition, folder, 'go vet', 'mapvet', run, ['$mapvet']);
		task.detail = 'go vet -vettool=mapvet ' + args.slice(2).join(' ');
		task.group = vscode.TaskGroup.Test;
		task.presentationOptions = { clear: true };
		return task;
	}
}
