import { upperBound } from '../../base/bisect.ts';
import { grown } from '../../base/columns.ts';
import { Fate } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { QuicFrameBit, QuicFrameIndex } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import { Arrivals } from './arrivals.ts';
import type { Place } from './place.ts';

/** One direction of one stream of QUIC, as its frames are taken in the order in which they were sent. */
export class QuicStream {
  #bytes = new Uint8Array(256);
  /** Bytes from offset 0 on that are there. */
  length = 0;
  /** Where its end is; NaN: no FIN was seen. */
  finalSize = NaN;
  readonly arrivals = new Arrivals();
  /** Datagrams that first carried its bytes, and the offsets from which on they did. */
  readonly #starts: number[] = [];
  readonly #packets: number[] = [];
  readonly #held: { readonly offset: number; readonly data: Uint8Array; readonly packet: number }[] = [];

  constructor(
    readonly stream: number,
    readonly up: boolean,
  ) {}

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  get isWhole(): boolean {
    return this.length === this.finalSize;
  }

  /** Whether frames behind a hole are held: bytes that the capture lacks. */
  get hasHole(): boolean {
    return this.#held.length > 0;
  }

  /** Takes a frame; returns what is in order now that was not before. */
  push(offset: number, data: Uint8Array, packet: number): Uint8Array {
    const before = this.length;
    if (offset > this.length) {
      this.#held.push({ offset, data, packet });
      return this.#bytes.subarray(before, before);
    }
    this.#append(offset, data, packet);
    for (let i = 0; i < this.#held.length; i++) {
      const held = this.#held[i];
      if (!held || held.offset > this.length) continue;
      this.#held.splice(i, 1);
      this.#append(held.offset, held.data, held.packet);
      i = -1;
    }
    return this.#bytes.subarray(before, this.length);
  }

  #append(offset: number, data: Uint8Array, packet: number): void {
    const fresh = data.subarray(this.length - offset);
    if (fresh.length === 0) return;
    let capacity = this.#bytes.length;
    while (this.length + fresh.length > capacity) capacity *= 2;
    if (capacity > this.#bytes.length) this.#bytes = grown(this.#bytes, capacity);
    this.#bytes.set(fresh, this.length);
    this.#starts.push(this.length);
    this.#packets.push(packet);
    this.length += fresh.length;
  }

  /** Bytes [from, to) of it, and who carried them. */
  place(from: number, to: number): Place {
    const carrier = (at: number): number =>
      at < this.length ? (this.#packets[upperBound(this.#starts, at, this.#starts.length) - 1] ?? -1) : -1;
    return { at: from, end: to, first: carrier(from), last: carrier(Math.max(from, to - 1)) };
  }
}

/** All streams of a connection, by direction; `each` hears of bytes in the order in which they were sent. */
export const quicStreams = (
  trace: Trace,
  quic: TraceQuic,
  flow: number,
  isUp: (packet: number) => boolean,
  each: (stream: QuicStream, fresh: Uint8Array) => void,
): { readonly up: Map<number, QuicStream>; readonly down: Map<number, QuicStream> } => {
  const streams = { up: new Map<number, QuicStream>(), down: new Map<number, QuicStream>() };
  const { packets: q, frames: f, plain } = quic;
  const p = trace.packets;
  const came: { readonly time: number; readonly stream: QuicStream; readonly from: number; readonly to: number }[] = [];
  for (let row = 0; row < quic.packetCount; row++) {
    const datagram = q.datagram[row] as number;
    if (p.flow[datagram] !== flow) continue;
    const up = isUp(datagram);
    const end = (q.frame[row] as number) + (q.frames[row] as number);
    for (let k = q.frame[row] as number; k < end; k++) {
      if (f.kind[k] !== QuicFrameIndex.stream) continue;
      const id = f.stream[k] as number;
      const ofDirection = streams[up ? 'up' : 'down'];
      let stream = ofDirection.get(id);
      if (!stream) ofDirection.set(id, (stream = new QuicStream(id, up)));
      const [offset, length, at] = [f.offset[k] as number, f.length[k] as number, f.at[k] as number];
      if (((f.bits[k] as number) & QuicFrameBit.Fin) !== 0) stream.finalSize = offset + length;
      if (length > 0 && p.fate[datagram] === Fate.Delivered)
        came.push({ time: p.arrived[datagram] as number, stream, from: offset, to: offset + length });
      const fresh = stream.push(offset, plain.subarray(at, at + length), datagram);
      if (fresh.length > 0) each(stream, fresh);
    }
  }
  came.sort((a, b) => a.time - b.time);
  for (const { time, stream, from, to } of came) stream.arrivals.add(from, to, time);
  return streams;
};
