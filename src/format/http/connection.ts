import type { Exchange } from './exchange.ts';
import { readHttp1 } from './http1.ts';
import type { Messages } from './http1.ts';
import { isPreface, readHttp2 } from './http2.ts';
import type { AppStream } from './place.ts';
import { looksHttp } from './recognise.ts';
import type { UnitTable } from './units.ts';
import { readWebSocket } from './websocket.ts';

/** Both directions of a connection as their applications wrote them; null: nothing of it is in the capture. */
export interface Pair {
  readonly up: AppStream | null;
  readonly down: AppStream | null;
}

/** The first place of a stream at which HTTP begins, and what it begins with. */
const startOf = (stream: AppStream | null): { readonly at: number; readonly kind: string } | null => {
  if (!stream) return null;
  for (const at of stream.starts(0)) {
    const kind = looksHttp(stream.bytes, at);
    if (kind !== null) return { at, kind };
  }
  return null;
};

/** Header of a frame of SETTINGS on stream 0, as a server begins (RFC 9113 §3.4): what tells HTTP/2 where its client is missing. */
const beginsWithSettings = (bytes: Uint8Array): boolean =>
  bytes.length >= 9 &&
  bytes[0] === 0 &&
  (bytes[2] ?? 1) % 6 === 0 &&
  bytes[3] === 4 &&
  bytes[4] === 0 &&
  bytes.subarray(5, 9).every((byte) => byte === 0);

const count = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;

const stopped = (messages: Messages | null, what: string): string | null =>
  messages?.refused == null
    ? null
    : `${what} are read up to byte ${String(messages.end)} of HTTP, ${count(messages.list.length, 'message')}: ${messages.refused}.`;

/**
 * Reads what a connection says if it is HTTP, into units and requests in their order; none where it is not. `first`: the
 * number of its first request; `sentBefore`: whether one packet was sent before another.
 */
export const readConnection = (
  pair: Pair,
  first: number,
  units: UnitTable,
  sentBefore: (packet: number, than: number) => boolean,
  warn: (sentence: string) => void,
): Exchange[] => {
  const { up, down } = pair;
  const begins = { up: startOf(up), down: startOf(down) };
  if (begins.up?.kind === 'preface' || (!begins.up && down && beginsWithSettings(down.bytes)))
    return readHttp2(up, down, { up: begins.up?.at ?? 0, down: 0 }, first, units, warn);
  const isSwapped = begins.up?.kind === 'response' || (!begins.up && begins.down?.kind === 'request');
  const asking = isSwapped ? down : up;
  const answering = isSwapped ? up : down;
  const starts = isSwapped
    ? { asking: begins.down?.at ?? 0, answering: begins.up?.at ?? 0 }
    : { asking: begins.up?.at ?? 0, answering: begins.down?.at ?? 0 };
  const hasRequests = (isSwapped ? begins.down : begins.up)?.kind === 'request';
  const hasAnswers = (isSwapped ? begins.up : begins.down)?.kind === 'response';
  if (!hasRequests && !hasAnswers) return [];
  const read = readHttp1(hasRequests ? asking : null, hasAnswers ? answering : null, starts, first, units, sentBefore);
  const { switched, requests, answers } = read;
  const lost = (requests?.lost ?? 0) + (answers?.lost ?? 0);
  if (lost > 0) warn(`HTTP goes on over ${count(lost, 'hole')} in the capture: what lay there is taken for content.`);
  for (const sentence of [
    // Behind an upgrade no request follows: what came there is no broken one.
    switched ? null : stopped(requests, 'Requests'),
    stopped(answers, 'Answers'),
  ])
    if (sentence !== null) warn(sentence);
  if (hasRequests && !hasAnswers && (answering?.bytes.length ?? 0) > 0)
    warn('What comes back does not begin as an answer of HTTP/1 does: it is not read.');
  if (hasAnswers && !hasRequests && (asking?.bytes.length ?? 0) > 0)
    warn('What is answered does not begin as a request of HTTP/1 does: it is not read.');
  const exchanges = [...read.exchanges];
  if (switched && asking && answering)
    exchanges.push(...readSwitched(asking, answering, switched, exchanges.at(-1), units, warn));
  for (const one of exchanges) one.isUpward = isSwapped;
  return exchanges;
};

/** What follows an upgrade (RFC 9110 §7.8): HTTP/2 or a WebSocket is read, the rest is told. */
const readSwitched = (
  asking: AppStream,
  answering: AppStream,
  {
    request,
    up,
    down,
    to,
  }: { readonly request: number; readonly up: number; readonly down: number; readonly to: string },
  upgraded: Exchange | undefined,
  units: UnitTable,
  warn: (sentence: string) => void,
): Exchange[] => {
  if (to === 'h2c' || isPreface(asking.bytes, up)) {
    // Stream 1 is the answer to the request that asked for the upgrade (RFC 7540 §3.2).
    if (upgraded) Object.assign(upgraded, { head: null, isWhole: false });
    return readHttp2(asking, answering, { up, down }, request, units, warn, upgraded);
  }
  if (to === 'websocket') {
    const [sent, came] = [readWebSocket(asking, up, request, units), readWebSocket(answering, down, request, units)];
    warn(`It goes on as a WebSocket: ${count(sent, 'frame')} from who asked, ${count(came, 'frame')} back.`);
    return [];
  }
  const rest = asking.bytes.length - up + (answering.bytes.length - down);
  warn(
    `${to === '' ? 'A tunnel' : `What “${to.slice(0, 40)}” says`} follows, ${count(rest, 'byte')}: it is not read as HTTP.`,
  );
  return [];
};
