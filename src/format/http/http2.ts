import { HttpKind } from '../../trace/http.ts';
import { HpackDecoder } from '../../wire/hpack/decoder.ts';
import type { HeaderField } from '../../wire/hpack/table.ts';
import {
  FRAME_HEADER_SIZE,
  frameFlags,
  frameStream,
  frameType,
  LARGEST_MAX_FRAME_SIZE,
  PREFACE,
} from '../../wire/http2/frame.ts';
import { FrameReader } from '../../wire/http2/reader.ts';
import type { HeaderBlock } from '../../wire/http2/reader.ts';
import { exchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import type { AppStream } from './place.ts';
import type { UnitTable } from './units.ts';

/** Largest HPACK table that is followed: what an end allows may lie before the capture. */
const TABLE_LIMIT = 1 << 24;

/** Whether bytes begin with the preface of HTTP/2 (RFC 9113 §3.4). */
export const isPreface = (bytes: Uint8Array, at = 0): boolean =>
  bytes.length >= at + PREFACE.length && PREFACE.every((byte, i) => bytes[at + i] === byte);

export const valueOf = (fields: readonly HeaderField[], name: string): string | null =>
  fields.find((field) => field.name === name)?.value ?? null;

/** Letters of a name that are told. */
const LONGEST = 60;
const clipped = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);

/** Two names for one host (RFC 9113 §8.3.1): what a server should treat as malformed is told, and shown as it was sent. */
const warnOfHost = (fields: readonly HeaderField[], stream: number, warn: (sentence: string) => void): void => {
  const [authority, host] = [valueOf(fields, ':authority'), valueOf(fields, 'host')];
  if (authority === null || host === null || authority.toLowerCase() === host.toLowerCase()) return;
  warn(
    `The request on stream ${String(stream)} names two hosts, ${clipped(authority)} in :authority and ${clipped(host)} in host: a server should refuse it as malformed (RFC 9113 §8.3.1).`,
  );
};

/** Requests of an HTTP/2 connection by stream, in the order in which they were asked. */
class Streams {
  readonly list: Exchange[] = [];
  readonly #index = new Map<number, number>();

  /** `upgraded`: what was asked before the connection became HTTP/2; its answer is stream 1. */
  constructor(upgraded: Exchange | undefined) {
    if (!upgraded) return;
    this.list.push(upgraded);
    this.#index.set(1, 0);
  }

  index(stream: number): number {
    return this.#index.get(stream) ?? -1;
  }
  of(stream: number): Exchange {
    const known = this.#index.get(stream);
    if (known !== undefined) return this.list[known] as Exchange;
    this.#index.set(stream, this.list.length);
    const made = exchange(stream);
    this.list.push(made);
    return made;
  }
}

/**
 * Reads both directions of a connection of HTTP/2 into units and requests. `from`: the byte of each at which it begins;
 * `first`: the number of its first request on the flow, `upgraded`
 * where there is one. `warn` hears where reading has to stop.
 */
export const readHttp2 = (
  up: AppStream | null,
  down: AppStream | null,
  from: { readonly up: number; readonly down: number },
  first: number,
  units: UnitTable,
  warn: (sentence: string) => void,
  upgraded?: Exchange,
): Exchange[] => {
  const streams = new Streams(upgraded);
  for (const stream of [up, down]) if (stream) readDirection(stream, from, first, streams, units, warn);
  return upgraded ? streams.list.slice(1) : streams.list;
};

const readDirection = (
  stream: AppStream,
  from: { readonly up: number; readonly down: number },
  first: number,
  streams: Streams,
  units: UnitTable,
  warn: (sentence: string) => void,
): void => {
  const { flow, up } = stream;
  const start = up ? from.up : from.down;
  const hasPreface = up && isPreface(stream.bytes, start);
  const reader = new FrameReader(hasPreface ? 'client' : 'server', 'bystander');
  reader.maxFrameSize = LARGEST_MAX_FRAME_SIZE;
  const hpack = new HpackDecoder();
  hpack.setLimit(TABLE_LIMIT);
  let isInStep = true;
  const bodies = new Map<number, number>();
  if (hasPreface)
    units.add(
      flow,
      up,
      { kind: HttpKind.Preface, offset: start, size: PREFACE.length },
      stream.place(start, start + PREFACE.length),
    );
  const gap = stream.gaps.find(({ at }) => at >= start);
  const readable = gap?.at ?? stream.bytes.length;
  const who = up ? 'client' : 'server';
  if (gap) warn(`HTTP/2 from the ${who} is read up to byte ${String(gap.at)}: the capture lacks bytes behind it.`);

  const take = (block: HeaderBlock, place: ReturnType<AppStream['place']>): void => {
    const decoded = isInStep ? hpack.decode(block.block) : null;
    if (decoded && !decoded.ok) {
      isInStep = false;
      warn(
        `Headers from the ${who} are not read from stream ${String(block.stream)} on: ${decoded.problems[0]?.what ?? ''}.`,
      );
    }
    const fields = decoded?.ok === true ? decoded.value : [];
    const isPromise = block.kind === 'pushPromise';
    const one = streams.of(isPromise ? block.promised : block.stream);
    if (up || isPromise) {
      if (one.asked) return; // trailers
      one.asked = place;
      if (!isPromise) warnOfHost(fields, block.stream, warn);
      one.path = valueOf(fields, ':path') ?? valueOf(fields, ':authority');
    } else {
      one.head ??= place;
      if (block.endStream) one.isWhole = true;
    }
  };

  for (const read of reader.push(stream.bytes.subarray(start, readable))) {
    const place = stream.place(start + read.at, start + read.end);
    if (read.refused) {
      const scope = read.refused.scope === 'connection' ? ' Nothing more of it is read.' : '';
      warn(`HTTP/2 from the ${who}, byte ${String(read.at)}: ${read.refused.problems[0]?.what ?? ''}.${scope}`);
      continue;
    }
    const { frame, remark } = read;
    if (!frame) continue;
    if (remark !== null)
      warn(`HTTP/2 from the ${who}, byte ${String(read.at)}: ${remark}. An end would close; it is read on.`);
    const id = frameStream(frame);
    if (read.block) take(read.block, place);
    const isData = frame.kind === 'data';
    const body = isData ? frame.data.length : 0;
    const before = bodies.get(id) ?? 0;
    if (isData) {
      bodies.set(id, before + body);
      const one = streams.of(id);
      if (!up) {
        const head = start + read.at + FRAME_HEADER_SIZE + (frame.padding === null ? 0 : 1);
        if (body > 0) one.body.push({ place: stream.place(head, head + body), size: body });
        if (frame.endStream) one.isWhole = true;
      } else if (one.asked) one.asked = { ...one.asked, end: place.end, last: place.last };
    }
    // A promise is about the stream that it opens.
    const about = frame.kind === 'pushPromise' ? frame.promised : id;
    const request = id === 0 ? -1 : streams.index(about);
    units.add(
      flow,
      up,
      {
        kind: HttpKind.Frame,
        type: frameType(frame),
        flags: frameFlags(frame),
        stream: id,
        request: request < 0 ? -1 : first + request,
        offset: start + read.at,
        size: read.end - read.at,
        body,
        from: isData ? before : 0,
      },
      place,
    );
  }
};
