import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Trace } from '../../trace/types.ts';
import { readPcap } from '../pcap/reader.ts';
import { readPcapng } from '../pcapng/reader.ts';
import { readHttp } from '../http/read.ts';
import { closedWarnings, quicCapture } from '../quic/capture.ts';
import { readQuic } from '../quic/read.ts';
import { readTls } from '../tls/read.ts';
import { assemble } from './assemble.ts';
import { dissect } from './dissect.ts';
import type { Dissection } from './dissect.ts';
import type { Flow } from './flows.ts';
import { FrameTable } from './frames.ts';

/** A capture file taken apart: its frames, what they carry, and sentences about what could not be read. */
export interface Parts {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: 'pcap' | 'pcapng';
  readonly frames: FrameTable;
  readonly dissection: Dissection;
  readonly warnings: readonly string[];
  /** Key logs that the file carries, as one text. */
  readonly keys: string;
}

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

const cutFrames = (frames: FrameTable): number => {
  const { length, wire } = frames.columns;
  let n = 0;
  for (let f = 0; f < frames.count; f++) if ((length[f] as number) < (wire[f] as number)) n++;
  return n;
};

/** Takes a pcap or pcapng file apart. Linear in its size; never throws. */
export const partsOf = (
  name: string,
  bytes: Uint8Array,
  format: 'pcap' | 'pcapng',
  before: readonly string[],
): Result<Parts> => {
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
  return ok({ name, bytes, format, frames, dissection: d, warnings, keys: keys.join('\n') });
};

/** The trace of a capture's packets, with nothing opened that is encrypted. */
export const packetTrace = ({ name, bytes, frames, dissection, warnings }: Parts): Trace =>
  assemble(name, bytes, frames, dissection, warnings);

/**
 * The trace of a capture with its QUIC, TLS and HTTP, opened as far as the secrets in the file and `keys` (the text of a
 * key log) reach.
 */
export const openedTrace = async (parts: Parts, keys: string): Promise<Trace> => {
  const { name, bytes, frames, dissection, warnings } = parts;
  const all = `${parts.keys}\n${keys}`;
  const found = await readQuic(bytes, frames, dissection, all);
  if (!found) return readInside(packetTrace(parts), dissection, all);
  const quic = quicCapture(dissection, frames, found);
  const trace = assemble(name, bytes, frames, quic.dissection, warnings, quic.capture);
  const told = { ...trace, warnings: [...trace.warnings, ...closedWarnings(trace.flows, quic.flowOf)] };
  return readInside(told, quic.dissection, all);
};

/** TLS and HTTP, where payloads looked like them. */
const readInside = async (trace: Trace, { flows }: Dissection, keys: string): Promise<Trace> => {
  const isTls = ({ up, down }: Flow): boolean => up.looksTls || down.looksTls;
  const isHttp = ({ up, down }: Flow): boolean => up.looksHttp || down.looksHttp;
  const of = (is: (flow: Flow) => boolean) => (flow: number) => is(flows[flow] as Flow);
  const secured = flows.some(isTls) ? await readTls(trace, keys, of(isTls)) : trace;
  const hasHttp = flows.some(isHttp) || secured.tls !== null || secured.quic !== undefined;
  return hasHttp ? readHttp(secured, of(isHttp)) : secured;
};
