import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Trace } from '../trace/types.ts';
import { assemble } from './capture/assemble.ts';
import { dissect } from './capture/dissect.ts';
import { FrameTable } from './capture/frames.ts';
import { detect, foreignFormat } from './detect.ts';
import type { Format } from './detect.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { readPcap } from './pcap/reader.ts';
import { readPcapng } from './pcapng/reader.ts';
import { readTls } from './tls/read.ts';

export interface Opened {
  readonly trace: Trace;
  /** `pcap`, `pcapng`, or either with `.gz`. */
  readonly format: string;
  /** Key logs that the file carries, as one text. */
  readonly keys: string;
}

const refusals: Readonly<Partial<Record<Format, string>>> = {
  qlog: 'this is a qlog file; qlog is not read yet, only pcap and pcapng are',
  har: 'this is a HAR file; HAR is not read yet, only pcap and pcapng are',
  netlog: 'this is a Chrome net log; it is not read, only pcap and pcapng are',
  scenario: 'this is a scenario file, not a capture: simulate it',
  keylog: 'this is a key log, not a capture: inspect takes it beside one, inspect CAPTURE --keylog F',
  dissection: 'this is a dissection that Wireshark or tshark wrote as JSON; open the capture that it was made from',
  pem: 'this is a certificate or key (PEM), not a capture',
};

const count = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;
/** Farther apart than this, ns, times lose their last digits in a number. */
const EXACT = Number.MAX_SAFE_INTEGER;

const spread = (frames: FrameTable): number => {
  const { time } = frames.columns;
  let min = 0;
  let max = 0;
  for (let f = 0; f < frames.count; f++) {
    min = Math.min(min, time[f] as number);
    max = Math.max(max, time[f] as number);
  }
  return max - min;
};

/** Reads an uncompressed pcap or pcapng file into a trace. Linear in its size; never throws. */
export const readCapture = (name: string, bytes: Uint8Array, before: readonly string[] = []): Result<Opened> => {
  const format = detect(name, bytes);
  const foreign = foreignFormat(bytes);
  if (foreign !== null) return fail({ where: name, what: foreign });
  const refusal = refusals[format];
  if (refusal !== undefined) return fail({ where: name, what: refusal });
  if (bytes.length === 0) return fail({ where: name, what: 'the file is empty' });
  if (format !== 'pcap' && format !== 'pcapng') {
    const start = Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join(' ');
    return fail({ where: name, what: `this is neither pcap nor pcapng: it begins with ${start}` });
  }
  const warnings = [...before];
  const warn = (sentence: string): void => {
    warnings.push(sentence);
  };
  const frames = new FrameTable();
  const keys: string[] = [];
  const read =
    format === 'pcap' ? readPcap(bytes, frames, warn) : readPcapng(bytes, frames, warn, (text) => keys.push(text));
  if (!read.ok) return fail(...read.problems.map((p) => ({ where: `${name}, ${p.where}`, what: p.what })));
  const d = dissect(bytes, frames);
  const isCut = cutFrames(frames);
  if (d.notIp > 0) warn(`${count(d.notIp, 'frame')} without IP (ARP and the like): left out.`);
  if (d.fragments > 0) warn(`${count(d.fragments, 'IP fragment')}: shown, not put together.`);
  if (d.broken > 0) warn(`${count(d.broken, 'TCP segment')} with a cut or impossible header: shown, not followed.`);
  if (d.overflow > 0) warn(`${count(d.overflow, 'packet')} of more flows than can be told apart: shown as one flow.`);
  if (isCut > 0) warn(`${count(isCut, 'packet')} captured in part only (snapshot length).`);
  if (spread(frames) > EXACT) warn('The times lie more than 104 days apart: they are exact to some microseconds only.');
  if (d.rows.count > 0) {
    warn(
      'A capture shows packets at one place: instants elsewhere, states, deliveries and losses are inferred from it.',
    );
  }
  return ok({ trace: assemble(name, bytes, frames, d, warnings), format, keys: keys.join('\n') });
};

const cutFrames = (frames: FrameTable): number => {
  const { length, wire } = frames.columns;
  let n = 0;
  for (let f = 0; f < frames.count; f++) if ((length[f] as number) < (wire[f] as number)) n++;
  return n;
};

/**
 * Reads a capture file, gzip or not, into a trace; or says in one sentence why it cannot. TLS is opened as far as the
 * secrets in the file and `keys` (the text of a key log) reach. Never throws.
 */
export const openCapture = async (path: string, bytes: Uint8Array, keys = ''): Promise<Result<Opened>> => {
  const name = path.replace(/^.*[/\\]/, '');
  const opened = isGzip(bytes) ? await openPacked(name, bytes) : readCapture(name, bytes);
  if (!opened.ok) return opened;
  const trace = await readTls(opened.value.trace, `${opened.value.keys}\n${keys}`);
  return ok({ ...opened.value, trace });
};

const openPacked = async (name: string, bytes: Uint8Array): Promise<Result<Opened>> => {
  const warnings: string[] = [];
  const unpacked = await gunzip(bytes, (sentence) => warnings.push(sentence));
  if (!unpacked.ok) return fail(...unpacked.problems.map((p) => ({ where: name, what: p.what })));
  const opened = readCapture(name.replace(/\.gz$/i, ''), unpacked.value, warnings);
  if (!opened.ok) return opened;
  const { trace, format, keys } = opened.value;
  return ok({ trace: { ...trace, title: name }, format: `${format}.gz`, keys });
};
