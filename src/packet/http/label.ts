import { HttpKind } from '../../trace/http.ts';
import type { Trace } from '../../trace/types.ts';
import { headText, requestOf, unitsIn } from './units.ts';
import { updateLabel } from './update.ts';

/** Names that are told in full at most; more are counted. */
const MOST_NAMED = 2;

/** The first byte of a header block by a usual encoder: :method of the static table (RFC 7541 appendix A). */
const METHODS: Readonly<Record<number, string>> = { 0x82: 'GET ', 0x83: 'POST ' };

const HEADERS = 1;
const PUSH_PROMISE = 5;
const PRIORITY = 0x20;
const FRAME_HEADER = 9;
const OLD_PRIORITY = 5;
const PRIORITY_UPDATE = 'PRIORITY_UPDATE';

const pathOf = (trace: Trace, unit: number): string => {
  const request = trace.requests[requestOf(trace, unit)];
  return request?.path ?? request?.id ?? '';
};

const frameLabel = (trace: Trace, unit: number): string => {
  const { type, stream, flags, up, flow } = (trace.http as NonNullable<Trace['http']>).units;
  const isThree = trace.flows[flow[unit] as number]?.protocol === 'udp';
  const name = (isThree ? H3_NAMES : H2_NAMES)[type[unit] as number] ?? 'frame';
  const on = (stream[unit] as number) > 0 || isThree ? ` ${String(stream[unit])}` : '';
  if (name === PRIORITY_UPDATE) return updateLabel(trace, unit);
  if (type[unit] === PUSH_PROMISE && !isThree) return `${name}${on} · ${pathOf(trace, unit)}`;
  if (type[unit] !== HEADERS || up[unit] !== 1) return name + on;
  const block = FRAME_HEADER + (((flags[unit] as number) & PRIORITY) !== 0 ? OLD_PRIORITY : 0);
  const method = isThree ? '' : (METHODS[headText(trace, unit)?.charCodeAt(block) ?? 0] ?? '');
  return `${name}${on} · ${method}${pathOf(trace, unit)}`;
};

/** RFC 9113 §6, RFC 9218 §7.1. Short lists of their own: an arrow is named in the first picture, settings and errors are not. */
const H2_NAMES: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'HEADERS',
  2: 'PRIORITY',
  3: 'RST_STREAM',
  4: 'SETTINGS',
  5: 'PUSH_PROMISE',
  6: 'PING',
  7: 'GOAWAY',
  8: 'WINDOW_UPDATE',
  9: 'CONTINUATION',
  10: 'ALTSVC',
  12: 'ORIGIN',
  16: PRIORITY_UPDATE,
};

/** RFC 9114 §7.2; DATA and HEADERS have the numbers of HTTP/2. */
const H3_NAMES: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'HEADERS',
  3: 'CANCEL_PUSH',
  4: 'SETTINGS',
  5: 'PUSH_PROMISE',
  7: 'GOAWAY',
  13: 'MAX_PUSH_ID',
  0xf0700: PRIORITY_UPDATE,
  0xf0701: PRIORITY_UPDATE,
};

/** What a message, chunk or frame is called: "HEADERS 1 · GET /index", "DATA 5", "GET /index", "200 OK". */
export const unitLabel = (trace: Trace, unit: number): string => {
  const { http } = trace;
  if (!http) return '';
  switch (http.units.kind[unit]) {
    case HttpKind.Preface:
      return 'Preface';
    case HttpKind.Request: {
      const start = headText(trace, unit)?.split(' ', 2).join(' ');
      return start ?? `request ${pathOf(trace, unit)}`;
    }
    case HttpKind.Response: {
      const start = headText(trace, unit)
        ?.split('\r\n', 1)[0]
        ?.replace(/^HTTP\/[\d.]+ /, '');
      return `${start ?? 'answer'} · ${pathOf(trace, unit)}`;
    }
    case HttpKind.Chunk:
      return `chunk of ${pathOf(trace, unit)}`;
    case HttpKind.LastChunk:
      return `last chunk of ${pathOf(trace, unit)}`;
    case HttpKind.StreamType:
      return `stream type ${String(http.units.stream[unit])}`;
    case HttpKind.Instruction:
      return 'QPACK instruction';
    default:
      return frameLabel(trace, unit);
  }
};

/** What HTTP says of a packet: what begins in it, else what goes on; empty where it carries none. */
export const httpLabel = (trace: Trace, packet: number): string => {
  const parts = unitsIn(trace, packet);
  const begun = parts.filter(({ isStart }) => isStart);
  // Settings and windows come along; what a page is made of is named first.
  const told = begun.filter(({ unit }) => (trace.http?.units.request[unit] ?? -1) >= 0);
  const named = told.length > 0 ? told : begun.length > 0 ? begun : parts;
  const names = [...new Set(named.map(({ unit }) => unitLabel(trace, unit)))];
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? `, +${String(more)}` : '');
};
