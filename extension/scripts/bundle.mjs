// Makes extension/dist: the bundle of the extension, and the pages about rules.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import MarkdownIt from 'markdown-it';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = path.join(root, 'extension', 'dist');

export async function bundle() {
	await rm(dist, { recursive: true, force: true });
	const { metafile } = await build({
		entryPoints: [path.join(root, 'extension/src/extension.ts')],
		outfile: path.join(dist, 'extension.js'),
		bundle: true,
		minify: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		external: ['vscode'],
		mainFields: ['module', 'main'],
		legalComments: 'none', // the licences stand in a file of their own
		metafile: true,
		logLevel: 'warning',
	});
	await notices(Object.keys(metafile.inputs));
	await rulePages();
}

// Whoever passes the bundle on has to pass on the licences of what it is made from.
async function notices(inputs) {
	const packages = new Set(inputs.flatMap(f => /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(f)?.[1] ?? []));
	let text = 'The bundle of the extension is made from the packages below.\n';
	for (const name of [...packages].sort()) {
		const dir = path.join(root, name);
		const file = (await readdir(dir)).find(f => /^licen[cs]e/i.test(f));
		if (file === undefined) {
			throw new Error(`there is no licence in ${dir}`);
		}
		const { name: title, version } = JSON.parse(await readFile(path.join(dir, 'package.json'), 'utf8'));
		text += `\n${'-'.repeat(72)}\n${title} ${version}\n\n${(await readFile(path.join(dir, file), 'utf8')).trim()}\n`;
	}
	await writeFile(path.join(dist, 'NOTICES.txt'), text);
}

// Each page about a rule becomes HTML here, so that nothing has to read Markdown
// inside the editor.
async function rulePages() {
	const markdown = new MarkdownIt();
	const from = path.join(root, 'docs/rules');
	const to = path.join(dist, 'rules');
	await mkdir(to, { recursive: true });
	for (const name of await readdir(from)) {
		if (name.endsWith('.md') && name !== 'README.md') {
			const text = await readFile(path.join(from, name), 'utf8');
			const page = markdown.render(text.replace(/<!--.*?-->/gs, ''));
			await writeFile(path.join(to, name.replace(/\.md$/, '.html')), page);
		}
	}
	await writeFile(path.join(to, 'page.css'), await readFile(path.join(root, 'extension/src/page.css')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await bundle();
}
