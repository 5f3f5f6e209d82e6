// Prints the package for this platform.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
console.log(path.join('dist', `mapdiag-${process.platform}-${process.arch}-${version}.vsix`));
