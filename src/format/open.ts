import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Trace } from '../trace/types.ts';
import { openedTrace, packetTrace, partsOf } from './capture/read.ts';
import type { Parts } from './capture/read.ts';
import { detect, foreignFormat } from './detect.ts';
import type { Format } from './detect.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { openText } from './text.ts';

export interface Opened {
  readonly trace: Trace;
  /** `pcap`, `pcapng`, `qlog`, `har`, or any with `.gz`. */
  readonly format: string;
  /** Key logs that the file carries, as one text. */
  readonly keys: string;
}

const refusals: Readonly<Partial<Record<Format, string>>> = {
  qlog: 'this is a qlog file, and has no packets to be taken apart',
  har: 'this is a HAR file, and has no packets to be taken apart',
  netlog: 'this is a Chrome net log; it is not read, only pcap, pcapng, qlog and HAR are',
  scenario: 'this is a scenario file, not a capture: simulate it',
  keylog: 'this is a key log, not a capture: inspect takes it beside one, inspect CAPTURE --keylog F',
  dissection: 'this is a dissection that Wireshark or tshark wrote as JSON; open the capture that it was made from',
  pem: 'this is a certificate or key (PEM), not a capture',
};

const OPEN_BRACE = 0x7b;

const takeApart = (name: string, bytes: Uint8Array, before: readonly string[]): Result<Parts> => {
  const format = detect(name, bytes);
  const foreign = foreignFormat(bytes);
  if (foreign !== null) return fail({ where: name, what: foreign });
  const refusal = refusals[format];
  if (refusal !== undefined) return fail({ where: name, what: refusal });
  if (bytes.length === 0) return fail({ where: name, what: 'the file is empty' });
  if (format !== 'pcap' && format !== 'pcapng') {
    if (bytes[0] === OPEN_BRACE)
      return fail({ where: name, what: 'this is JSON, but no qlog, no HAR and no scenario' });
    const start = Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join(' ');
    return fail({ where: name, what: `this is neither pcap, pcapng, qlog nor HAR: it begins with ${start}` });
  }
  return partsOf(name, bytes, format, before);
};

/** Reads the packets of an uncompressed pcap or pcapng file into a trace, opening nothing. Linear in its size; never throws. */
export const readCapture = (name: string, bytes: Uint8Array): Result<Opened> => {
  const parts = takeApart(name, bytes, []);
  if (!parts.ok) return parts;
  const { format, keys } = parts.value;
  return ok({ trace: packetTrace(parts.value), format, keys });
};

/**
 * Reads a capture, a qlog or a HAR file, gzip or not, into a trace; or says in one sentence why it cannot. QUIC and TLS of
 * a capture are opened as far as the secrets in the file and `keys` (the text of a key log) reach, and HTTP is read in
 * them. Never throws.
 */
export const openCapture = async (path: string, bytes: Uint8Array, keys = ''): Promise<Result<Opened>> => {
  const name = path.replace(/^.*[/\\]/, '');
  const text = await openText({ name, bytes });
  if (text) return text;
  const isPacked = isGzip(bytes);
  const parts = isPacked ? await unpacked(name, bytes) : takeApart(name, bytes, []);
  if (!parts.ok) return parts;
  const trace = await openedTrace(parts.value, keys);
  const { format } = parts.value;
  return ok({
    trace: isPacked ? { ...trace, title: name } : trace,
    format: isPacked ? `${format}.gz` : format,
    keys: parts.value.keys,
  });
};

const unpacked = async (name: string, bytes: Uint8Array): Promise<Result<Parts>> => {
  const warnings: string[] = [];
  const content = await gunzip(bytes, (sentence) => warnings.push(sentence));
  if (!content.ok) return fail(...content.problems.map((p) => ({ where: name, what: p.what })));
  return takeApart(name.replace(/\.gz$/i, ''), content.value, warnings);
};
