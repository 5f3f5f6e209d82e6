import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moduleOf, modulesOf } from '../../src/modules';

test('the folders of modules', () => {
	assert.deepEqual(modulesOf(['go.mod', 'tools/go.mod', 'a\\b\\go.mod']), ['.', 'a/b', 'tools']);
});

test('the innermost module around a file', () => {
	const modules = ['.', 'a', 'a/b', 'x'];
	assert.equal(moduleOf('main.go', modules), '.');
	assert.equal(moduleOf('a/main.go', modules), 'a');
	assert.equal(moduleOf('a\\b\\c\\main.go', modules), 'a/b');
	assert.equal(moduleOf('ab/main.go', modules), '.');
	assert.equal(moduleOf('y/main.go', ['x']), undefined);
	assert.equal(moduleOf('x/y.go', ['.', 'x']), 'x');
});
