/** Queue runs operations one after the other, in the order in which they are asked for. */
export class Queue {
	private last: Promise<unknown> = Promise.resolve();

	/** run runs an operation when all before it have ended, however they did. */
	run<T>(operation: () => Promise<T>): Promise<T> {
		const result = this.last.then(operation);
		this.last = result.catch(() => undefined);
		return result;
	}
}
