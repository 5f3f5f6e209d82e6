/** How many crashes within a period are answered by a new start. */
export const maxRestarts = 5;

/** The period, in milliseconds. */
export const restartPeriod = 3 * 60 * 1000;

/**
 * Restarts decides whether a server that has crashed is started again: a server that
 * crashes at every start must not be started for ever.
 */
export class Restarts {
	private times: number[] = [];

	constructor(private readonly now: () => number = Date.now) {}

	/** crashed notes a crash and reports whether to start again. */
	crashed(): boolean {
		const now = this.now();
		this.times = this.times.filter(t => now - t < restartPeriod);
		this.times.push(now);
		return this.times.length <= maxRestarts;
	}

	/** forget begins anew, because the user asks for a start. */
	forget(): void {
		this.times = [];
	}
}
