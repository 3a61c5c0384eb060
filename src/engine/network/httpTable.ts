import { upperBound } from '../../base/bisect.ts';
import { table } from '../../base/columns.ts';
import { isUpward } from '../../trace/direction.ts';
import { StreamCarriers } from '../../trace/quic/carriers.ts';
import { HttpKind, httpUnitShape } from '../../trace/http.ts';
import type { TraceHttp } from '../../trace/http.ts';
import { NONE } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { unitSize } from '../../wire/http/session.ts';
import type { SentUnit, UnitKind } from '../../wire/http/session.ts';
import type { Places } from '../host/secure/places.ts';

const kinds: Readonly<Record<UnitKind, HttpKind>> = {
  preface: HttpKind.Preface,
  request: HttpKind.Request,
  response: HttpKind.Response,
  chunk: HttpKind.Chunk,
  lastChunk: HttpKind.LastChunk,
  frame: HttpKind.Frame,
  streamType: HttpKind.StreamType,
  instruction: HttpKind.Instruction,
};

/** Packets that first carried the bytes of each direction of each flow: offsets go up. */
const carriersOf = (trace: Trace): { readonly offsets: number[]; readonly packets: number[] }[] => {
  const found = Array.from({ length: 2 * trace.flows.length }, () => ({
    offsets: [] as number[],
    packets: [] as number[],
  }));
  const p = trace.packets;
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.payload[i] === 0 || p.hop[i] !== 0) continue;
    const one = found[2 * (p.flow[i] as number) + (isUpward(trace, i) ? 1 : 0)];
    const offset = p.offset[i] as number;
    if (!one || offset <= (one.offsets.at(-1) ?? -1)) continue;
    one.offsets.push(offset);
    one.packets.push(i);
  }
  return found;
};

/** Where a unit stands, and who brought it: over TCP, with TLS between or not. */
type Placing = (
  unit: SentUnit,
  size: number,
) => {
  readonly offset: number;
  readonly at: number;
  readonly end: number;
  readonly carrier: (at: number) => number;
};

const overTcp = (
  place: Places | null,
  bearing: { readonly offsets: number[]; readonly packets: number[] } | undefined,
  trace: Trace,
): Placing => {
  const carrier = (offset: number): number => {
    if (!bearing) return NONE;
    const packet = bearing.packets[upperBound(bearing.offsets, offset, bearing.offsets.length) - 1] ?? NONE;
    const isThere =
      packet !== NONE && offset < (trace.packets.offset[packet] as number) + (trace.packets.payload[packet] as number);
    return isThere ? packet : NONE;
  };
  let next = 0;
  return (_, size) => {
    const offset = next;
    next += size;
    const range = place?.range(offset, next) ?? { from: offset, to: next };
    return { offset, at: range.from, end: range.to, carrier };
  };
};

const overQuic = (flow: number, up: boolean, carriers: StreamCarriers): Placing => {
  const ends = new Map<number, number>();
  return ({ stream }, size) => {
    const offset = ends.get(stream) ?? 0;
    ends.set(stream, offset + size);
    return { offset, at: offset, end: offset + size, carrier: (at) => carriers.find(flow, up, stream, at) };
  };
};

/** What HTTP sent in a run, as rows beside its packets: messages, chunks and frames, and who brought them. */
export const httpTable = (trace: Trace, PlacesOf: typeof Places | null): TraceHttp => {
  const count = trace.flows.reduce((n, { http }) => n + (http ? http.client.length + http.server.length : 0), 0);
  const units = table(httpUnitShape, count);
  const carriers = carriersOf(trace);
  const streams = new StreamCarriers(trace);
  let row = 0;
  trace.flows.forEach(({ http, tls }, flow) => {
    if (!http) return;
    for (const side of ['client', 'server'] as const) {
      const up = side === 'client' ? 1 : 0;
      const placing =
        http.version === '3'
          ? overQuic(flow, up === 1, streams)
          : overTcp(tls && PlacesOf ? new PlacesOf(tls, side) : null, carriers[2 * flow + up], trace);
      for (const unit of http[side]) {
        const size = unitSize(unit);
        const { offset, at, end, carrier } = placing(unit, size);
        units.flow[row] = flow;
        units.up[row] = up;
        units.kind[row] = kinds[unit.kind];
        units.type[row] = Math.max(0, unit.type);
        units.flags[row] = unit.flags;
        units.stream[row] = unit.stream;
        units.request[row] = unit.request;
        units.offset[row] = offset;
        units.size[row] = size;
        units.body[row] = unit.body;
        units.from[row] = unit.from;
        units.at[row] = at;
        units.end[row] = end;
        units.first[row] = carrier(at);
        units.last[row] = carrier(end - 1);
        row++;
      }
    }
  });
  return { unitCount: count, units };
};
