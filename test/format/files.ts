import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dissect } from '../../src/format/capture/dissect.ts';
import type { Dissection } from '../../src/format/capture/dissect.ts';
import { FrameTable } from '../../src/format/capture/frames.ts';
import { isPcap, readPcap } from '../../src/format/pcap/reader.ts';
import { readPcapng } from '../../src/format/pcapng/reader.ts';

/** The captures of one folder of the fixtures: names without the answers that lie beside them. */
export const capturesIn = (folder: string, kind: string): string[] =>
  readdirSync(join(folder, 'captures', kind)).filter((name) => !/\.tshark\.|\.(keys|txt|pem)$/.test(name));

/** A table of tab-separated values: rows by column name. */
export const readTsv = (path: string): Record<string, string>[] => {
  const [head = [], ...lines] = readFileSync(path, 'utf8')
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
  return lines.map((cells) => Object.fromEntries(head.map((name, k) => [name, cells[k] ?? ''])));
};

export interface Taken {
  readonly bytes: Uint8Array;
  readonly frames: FrameTable;
  readonly dissection: Dissection;
  readonly warnings: readonly string[];
}

/** Frames and rows of a capture, as the readers give them before the trace is made. Throws where it is refused. */
export const takeApart = (path: string): Taken => {
  let bytes: Uint8Array = readFileSync(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  const frames = new FrameTable();
  const warnings: string[] = [];
  const read = (isPcap(bytes) ? readPcap : readPcapng)(bytes, frames, (sentence) => warnings.push(sentence));
  if (!read.ok) throw new Error(read.problems[0]?.what);
  return { bytes, frames, dissection: dissect(bytes, frames), warnings };
};
