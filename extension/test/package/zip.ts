import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface Entry {
	name: string;
	/** The bits that Unix keeps of a file, 0 where the archive has none. */
	mode: number;
	size: number;
	content(): Buffer;
}

/** readZip lists a zip archive by its central directory. */
export function readZip(file: string): Entry[] {
	const data = readFileSync(file);
	let end = data.length - 22;
	while (end >= 0 && data.readUInt32LE(end) !== 0x06054b50) {
		end--;
	}
	if (end < 0) {
		throw new Error(`${file} is no zip archive`);
	}
	const entries: Entry[] = [];
	let at = data.readUInt32LE(end + 16);
	for (let i = data.readUInt16LE(end + 10); i > 0; i--) {
		if (data.readUInt32LE(at) !== 0x02014b50) {
			throw new Error(`${file}: the directory is damaged at ${at}`);
		}
		const method = data.readUInt16LE(at + 10);
		const packed = data.readUInt32LE(at + 20);
		const nameLength = data.readUInt16LE(at + 28);
		const start = data.readUInt32LE(at + 42);
		const name = data.toString('utf8', at + 46, at + 46 + nameLength);
		entries.push({
			name,
			mode: data.readUInt32LE(at + 38) >>> 16,
			size: data.readUInt32LE(at + 24),
			content() {
				const from = start + 30 + data.readUInt16LE(start + 26) + data.readUInt16LE(start + 28);
				const raw = data.subarray(from, from + packed);
				return method === 0 ? raw : inflateRawSync(raw);
			},
		});
		at += 46 + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
	}
	return entries;
}
