import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxRestarts, restartPeriod, Restarts } from '../../src/restarts';

test('five crashes in three minutes are answered, the sixth is not', () => {
	let now = 1_000_000;
	const restarts = new Restarts(() => now);
	for (let i = 0; i < 5; i++) {
		assert.equal(restarts.crashed(), true, `crash ${i + 1}`);
		now += 10_000;
	}
	assert.equal(restarts.crashed(), false);
	assert.deepEqual([maxRestarts, restartPeriod], [5, 180_000]);
});

test('crashes of long ago do not count', () => {
	let now = 0;
	const restarts = new Restarts(() => now);
	for (let i = 0; i < 50; i++) {
		assert.equal(restarts.crashed(), true, `crash ${i + 1}`);
		now += restartPeriod / 5; // so that no period holds six
	}
	now -= restartPeriod / 5 - 1;
	assert.equal(restarts.crashed(), false, 'one too many within the period');
});

test('a start by the user begins anew', () => {
	const restarts = new Restarts(() => 0);
	while (restarts.crashed());
	restarts.forget();
	assert.equal(restarts.crashed(), true);
});
