import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { absolute } from '../../src/vetoutput';
import { root } from '../root';
import { build, scratch, write } from './programs';

interface Matcher { pattern: { regexp: string; file: number; line: number; column: number; message: number } }

const manifest = JSON.parse(readFileSync(root('package.json'), 'utf8')) as { contributes: { problemMatchers: Matcher[] } };
const { pattern } = manifest.contributes.problemMatchers[0];

function problems(output: string): string[] {
	return output.split(/\r?\n/).flatMap(line => {
		const m = new RegExp(pattern.regexp).exec(line);
		return m ? [`${m[pattern.file]}:${m[pattern.line]}:${m[pattern.column]}: ${m[pattern.message]}`] : [];
	});
}

test('the problem matcher reads what go vet prints with mapvet', () => {
	const dir = scratch();
	write(dir, {
		'go.mod': 'module fixture\n\ngo 1.26\n',
		'a.go': 'package fixture\n\nfunc Index(names []string) map[string]int {\n\tm := make(map[string]int)\n\tfor i, name := range names {\n\t\tm[name] = i\n\t}\n\treturn m\n}\n',
		'sub/b.go': 'package sub\n\nimport "sync"\n\ntype T struct {\n\tmu sync.Mutex\n\tm  map[int]int //mapdiag:guardedby mu\n}\n\nfunc (t *T) Put(k int) { t.m[k] = k }\n',
		'broken/c.go': 'package broken\n\nfunc f() int { return missing }\n',
	});
	const { stdout, stderr } = spawnSync('go', ['vet', '-vettool=' + build('mapvet'), './...'], { cwd: dir, encoding: 'utf8' });
	const found = problems(stdout + stderr);
	const want = [
		/^a\.go:4:7: map is made without its size, len\(names\)/,
		/^sub[/\\]b\.go:10:26: write to t\.m without t\.mu/,
		/^broken[/\\]c\.go:3:23: undefined: missing$/,
	];
	for (const w of want) {
		assert.equal(found.filter(p => w.test(p)).length, 1, `${w} in ${JSON.stringify(found)}, from\n${stdout}${stderr}`);
	}
	// As the task prints it, with absolute names.
	const output = (stdout + stderr).split('\n').map(line => absolute(line, dir)).join('\n');
	assert.deepEqual(problems(output).map(p => path.relative(dir, p.replace(/(\.go):.*/, '$1'))).sort(), ['a.go', path.join('broken', 'c.go'), path.join('sub', 'b.go')]);
	assert.match(output, /mapvet: \S+c\.go:3:23/);
	// The lines with evidence belong to the finding above them.
	assert.match(stdout + stderr, /a\.go:5:2: \t/);
	assert.equal(found.length, want.length, JSON.stringify(found));
});

test('files with a drive, and other lines', () => {
	assert.deepEqual(problems('C:\\src\\a.go:4:7: x: y'), ['C:\\src\\a.go:4:7: x: y']);
	assert.deepEqual(problems('# fixture\ngo: downloading x\nexit status 1\n\t/a.go:1:2: x'), []);
});
