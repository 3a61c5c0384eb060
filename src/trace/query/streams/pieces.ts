import { isUpward } from '../../direction.ts';
import { QuicFrameIndex } from '../../quic/types.ts';
import { CauseKind, Fate } from '../../types.ts';
import type { Trace } from '../../types.ts';

/** Bytes [from, to) of a stream that a packet brought to the client; `stream` is 0 where TCP carries it. */
export interface Piece {
  readonly packet: number;
  readonly flow: number;
  readonly stream: number;
  readonly from: number;
  readonly to: number;
  /** ns: its arrival. */
  readonly time: number;
}

/** Row of a packet's last hop, by its first: what a router passed on arrives there. */
const lastHops = (trace: Trace): Map<number, number> => {
  const p = trace.packets;
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.hop[i] === 0 || p.causeKind[i] !== CauseKind.Arrival) continue;
    const before = p.cause[i] as number;
    const origin = first.get(before) ?? before;
    first.set(i, origin);
    last.set(origin, i);
  }
  return last;
};

const arrives = (fate: number | undefined): boolean => fate === Fate.Delivered || fate === Fate.Unknown;

/** What a datagram brought of QUIC's streams. */
const framesOf = (
  trace: Trace,
  datagram: number,
  add: (stream: number, from: number, length: number) => void,
): void => {
  const { quic } = trace;
  if (!quic) return;
  const { packets: q, frames: f } = quic;
  for (let k = quic.packetsOf[datagram] ?? 0; k < (quic.packetsOf[datagram + 1] ?? 0); k++) {
    const first = q.frame[k] as number;
    for (let n = first; n < first + (q.frames[k] as number); n++)
      if (f.kind[n] === QuicFrameIndex.stream && (f.length[n] as number) > 0)
        add(f.stream[n] as number, f.offset[n] as number, f.length[n] as number);
  }
};

/** Bytes of packet `i` in the terms of its flow's streams, whether it arrived or not. */
export const carriedBy = (trace: Trace, i: number): Piece[] => {
  const p = trace.packets;
  const flow = p.flow[i] as number;
  const time = p.arrived[i] as number;
  const pieces: Piece[] = [];
  if (trace.quic && trace.flows[flow]?.protocol === 'udp') {
    framesOf(trace, i, (stream, from, length) => {
      pieces.push({ packet: i, flow, stream, from, to: from + length, time });
    });
    return pieces;
  }
  const from = p.offset[i] as number;
  const length = p.payload[i] as number;
  if (length > 0) pieces.push({ packet: i, flow, stream: 0, from, to: from + length, time });
  return pieces;
};

const known = new WeakMap<Trace, ReadonlyMap<number, readonly Piece[]>>();

/** What came down to the clients, in order of arrival, by flow. Packets of a flow that asked for nothing are left out. */
export const piecesOf = (trace: Trace): ReadonlyMap<number, readonly Piece[]> => {
  let pieces = known.get(trace);
  if (!pieces) known.set(trace, (pieces = build(trace)));
  return pieces;
};

const build = (trace: Trace): ReadonlyMap<number, readonly Piece[]> => {
  const p = trace.packets;
  const byFlow = new Map<number, Piece[]>(trace.requests.map(({ flow }) => [flow, []]));
  const last = trace.links.length > 2 ? lastHops(trace) : new Map<number, number>();
  for (let i = 0; i < trace.packetCount; i++) {
    const pieces = byFlow.get(p.flow[i] as number);
    if (!pieces || p.hop[i] !== 0 || p.payload[i] === 0 || isUpward(trace, i)) continue;
    const row = last.get(i) ?? i;
    if (!arrives(p.fate[row])) continue;
    for (const piece of carriedBy(trace, i)) pieces.push({ ...piece, time: p.arrived[row] as number });
  }
  // Only jitter and several paths reorder.
  for (const pieces of byFlow.values()) pieces.sort((a, b) => a.time - b.time || a.packet - b.packet);
  return byFlow;
};
