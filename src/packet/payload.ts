import { hashWords } from '../base/hash.ts';
import type { Trace } from '../trace/types.ts';
import { writeHttp } from './http/bytes.ts';
import type { BodyWriter } from './http/bytes.ts';

/** Payload of simulated packets: lines of 64 readable bytes, each a function of (seed, flow, direction, line) alone. */
const LINE = 64;

const words = (
  'packet segment window stream socket router gateway octet header checksum sequence handshake timer buffer queue ' +
  'latency bandwidth congestion receiver sender network protocol datagram frame link host port address option flag'
).split(' ');

const line = (seed: number, flow: number, upward: boolean, index: number): string => {
  let text = `${upward ? 'up' : 'down'} ${String(index * LINE).padStart(12, '0')}`;
  let state = hashWords(seed, flow, upward ? 1 : 0, index % 0x100000000, Math.floor(index / 0x100000000));
  for (;;) {
    const word = words[state % words.length] as string;
    if (text.length + 1 + word.length > LINE - 1) break;
    text += ` ${word}`;
    state = hashWords(state, text.length);
  }
  return `${text.padEnd(LINE - 1, '.')}\n`;
};

/** Writes stream bytes [offset, offset + length) at `at`: the same bytes at an offset, however the stream was cut. */
export const writePayload = (
  bytes: Uint8Array,
  at: number,
  length: number,
  seed: number,
  flow: number,
  upward: boolean,
  offset: number,
): void => {
  let done = 0;
  while (done < length) {
    const place = offset + done;
    const index = Math.floor(place / LINE);
    const text = line(seed, flow, upward, index);
    for (let k = place - index * LINE; k < LINE && done < length; k++) bytes[at + done++] = text.charCodeAt(k);
  }
};

/** Bodies are their requests', whichever connection brings them. */
const BODY = 0x1_0000;

/** Writes bodies of a flow's messages. */
const bodies =
  (trace: Trace, group: number, upward: boolean): BodyWriter =>
  (out, to, size, request, from) => {
    writePayload(out, to, size, trace.seed, BODY * (group + 1) + request, upward, from);
  };

/** Writes application bytes [offset, offset + length) of one direction of a flow at `at`: what HTTP made of them, else readable lines. */
export const writeApplication = (
  trace: Trace,
  flow: number,
  upward: boolean,
  offset: number,
  length: number,
  bytes: Uint8Array,
  at: number,
): void => {
  const { http, group = flow } = trace.flows[flow] ?? {};
  if (http) writeHttp(http, upward ? 'client' : 'server', offset, length, bytes, at, bodies(trace, group, upward));
  else writePayload(bytes, at, length, trace.seed, flow, upward, offset);
};

/** The same of one stream of a flow of QUIC. */
export const writeStream = (
  trace: Trace,
  flow: number,
  upward: boolean,
  stream: number,
  offset: number,
  length: number,
  bytes: Uint8Array,
  at: number,
): void => {
  const { http, group = flow } = trace.flows[flow] ?? {};
  const side = upward ? 'client' : 'server';
  if (http) writeHttp(http, side, offset, length, bytes, at, bodies(trace, group, upward), stream);
  else writePayload(bytes, at, length, trace.seed, hashWords(flow, stream), upward, offset);
};
