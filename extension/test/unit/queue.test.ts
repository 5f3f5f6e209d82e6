import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Queue } from '../../src/queue';

const later = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

test('operations never overlap and keep their order', async () => {
	const queue = new Queue();
	const seen: string[] = [];
	let under = 0;
	const operation = (name: string, ms: number) => queue.run(async () => {
		assert.equal(++under, 1, 'two operations at once');
		seen.push(name);
		await later(ms);
		under--;
		return name;
	});
	assert.deepEqual(await Promise.all([operation('restart', 15), operation('stop', 1), operation('start', 5)]), ['restart', 'stop', 'start']);
	assert.deepEqual(seen, ['restart', 'stop', 'start']);
});

test('an operation that fails does not stop the next', async () => {
	const queue = new Queue();
	const failing = queue.run(async () => { throw new Error('no'); });
	const next = queue.run(async () => 'yes');
	await assert.rejects(failing, /no/);
	assert.equal(await next, 'yes');
});
