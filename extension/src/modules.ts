/** modulesOf returns the folders of modules from the names of their go.mod files, "." for the outermost. */
export function modulesOf(files: string[]): string[] {
	return files.map(f => f.replaceAll('\\', '/')).map(f => f === 'go.mod' ? '.' : f.replace(/\/go\.mod$/, '')).sort();
}

/** moduleOf returns the innermost of the modules around a file. All are relative to the same folder. */
export function moduleOf(file: string, modules: string[]): string | undefined {
	const name = file.replaceAll('\\', '/');
	return modules.filter(m => m === '.' || name.startsWith(m + '/')).sort((a, b) => (b === '.' ? 0 : b.length) - (a === '.' ? 0 : a.length))[0];
}
