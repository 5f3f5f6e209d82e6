import * as vscode from 'vscode';
import { modulesOf, moduleOf } from './modules';
import { VetTerminal } from './vetterminal';

interface Definition extends vscode.TaskDefinition {
	module?: string;
	packages?: string[];
	flags?: string[];
}

/** MapvetTasks offers go vet with the mapvet that comes with the extension as tasks, one for each module. */
export class MapvetTasks implements vscode.TaskProvider {
	constructor(
		private readonly mapvet: string,
		private readonly go: () => Promise<string>,
		/** listed reports whether the server lists the findings of all files of a folder. */
		private readonly listed: (folder: vscode.WorkspaceFolder) => boolean,
	) {}

	async provideTasks(): Promise<vscode.Task[]> {
		const folders = vscode.workspace.workspaceFolders ?? [];
		const tasks = await Promise.all(folders.map(async folder => {
			const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**/go.mod'), '**/{vendor,node_modules,testdata}/**', 100);
			return modulesOf(found.map(f => vscode.workspace.asRelativePath(f, false))).map(m => this.task(definition(m), folder));
		}));
		return tasks.flat();
	}

	resolveTask(task: vscode.Task): vscode.Task | undefined {
		const scope = task.scope;
		if (scope === undefined || typeof scope === 'number') {
			return undefined; // go vet needs a folder to run in
		}
		return this.task(task.definition as Definition, scope);
	}

	/** run runs go vet in the module of a document, or in one that the user chooses. */
	async run(document: vscode.Uri | undefined): Promise<void> {
		const tasks = await this.provideTasks();
		if (tasks.length === 0) {
			throw new Error('There is no go.mod in the workspace: go vet looks at the packages of a module.');
		}
		const folder = document && vscode.workspace.getWorkspaceFolder(document);
		const own = tasks.filter(t => t.scope === folder);
		const module = document && moduleOf(vscode.workspace.asRelativePath(document, false), own.map(t => (t.definition as Definition).module ?? '.'));
		let task = own.find(t => ((t.definition as Definition).module ?? '.') === module) ?? (tasks.length === 1 ? tasks[0] : undefined);
		task ??= (await vscode.window.showQuickPick(tasks.map(t => ({ label: t.name, description: (t.scope as vscode.WorkspaceFolder).name, task: t }))))?.task;
		if (task) {
			await vscode.tasks.executeTask(task);
		}
	}

	private task(definition: Definition, folder: vscode.WorkspaceFolder): vscode.Task {
		const module = definition.module ?? '.';
		const dir = vscode.Uri.joinPath(folder.uri, module).fsPath;
		const args = ['vet', `-vettool=${this.mapvet}`, ...definition.flags ?? [], ...definition.packages ?? ['./...']];
		const run = new vscode.CustomExecution(async () => new VetTerminal(this.go, args, dir));
		// Nothing is to stand twice among the problems.
		const matchers = this.listed(folder) ? [] : ['$mapvet'];
		const task = new vscode.Task(definition, folder, module === '.' ? 'go vet' : `go vet (${module})`, 'mapvet', run, matchers);
		task.detail = 'go vet -vettool=mapvet ' + args.slice(2).join(' ');
		task.group = vscode.TaskGroup.Test;
		task.presentationOptions = { clear: true };
		return task;
	}
}

function definition(module: string): Definition {
	return module === '.' ? { type: 'mapvet' } : { type: 'mapvet', module };
}
