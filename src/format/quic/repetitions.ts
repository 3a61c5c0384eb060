import { asNumber } from '../../wire/varint.ts';
import type { RowTable } from '../capture/rows.ts';
import { Stream } from '../capture/stream.ts';
import { QuicType } from '../../trace/quic/types.ts';
import type { CapturedPacket } from './packet.ts';

/** Finds bytes of STREAM and CRYPTO that were sent before, and tells repairs of losses that the capture did not see. */
export class Repetitions {
  /** By direction and stream; CRYPTO of each space below 0. `Stream` holds indices of packets. */
  readonly #streams = { up: new Map<number, Stream>(), down: new Map<number, Stream>() };

  constructor(
    private readonly packets: readonly CapturedPacket[],
    private readonly rows: RowTable,
  ) {}

  take(index: number): void {
    const packet = this.packets[index] as CapturedPacket;
    for (const frame of packet.frames ?? []) {
      if (frame.kind !== 'stream' && frame.kind !== 'crypto') continue;
      if (frame.data.length === 0) continue;
      const id =
        frame.kind === 'stream'
          ? asNumber(frame.stream)
          : packet.type === QuicType.Initial
            ? -1
            : packet.type === QuicType.Handshake
              ? -2
              : -3;
      const streams = this.#streams[packet.up ? 'up' : 'down'];
      let stream = streams.get(id);
      if (!stream) {
        streams.set(id, (stream = new Stream()));
        stream.start(0, 0, null);
      }
      // Some clients scatter their ClientHello over Initials, out of order: a hole in it is no loss.
      this.#place(index, stream, asNumber(frame.offset), frame.data.length, frame.kind === 'stream');
    }
  }

  #place(index: number, stream: Stream, offset: number, length: number, isOrdered: boolean): void {
    const end = offset + length;
    let isRepeated = false;
    for (let at = offset; at < Math.min(end, stream.next);) {
      const k = stream.find(at);
      if (k < 0) break;
      const before = stream.previous(at);
      if (before !== index && before >= 0) {
        if (!isRepeated) this.#again(index, before);
        else this.#mark(index, before);
        isRepeated = true;
      }
      at = stream.ends[k] as number;
    }
    if (!isRepeated && offset < stream.next) {
      if (isOrdered) this.#repair(index, stream, offset);
      stream.repeat(index, offset);
    }
    if (end > stream.next) stream.extend(index, 0, offset, length);
    if (isRepeated) stream.repeat(index, offset);
  }

  #mark(index: number, before: number): void {
    const packet = this.packets[before] as CapturedPacket;
    if (packet.repeatedBy < 0) packet.repeatedBy = (this.packets[index] as CapturedPacket).row;
  }

  #again(index: number, before: number): void {
    this.#mark(index, before);
    const c = this.rows.columns;
    const { row } = this.packets[index] as CapturedPacket;
    const earlier = (this.packets[before] as CapturedPacket).row;
    if ((c.retransmissionOf[row] as number) >= 0 || earlier === row) return;
    c.retransmissionOf[row] = earlier;
    c.again[earlier] = 1;
    c.nth[row] = Math.min(65_535, (c.nth[earlier] as number) + 1);
  }

  /** Bytes that were not seen fill a hole: sent again, if their packet is younger than the one that showed the hole. */
  #repair(index: number, stream: Stream, offset: number): void {
    const behind = this.packets[stream.behind(offset)];
    const packet = this.packets[index] as CapturedPacket;
    if (!behind || behind.number >= packet.number || behind.type !== packet.type) return;
    const c = this.rows.columns;
    if (c.nth[packet.row] === 1) c.nth[packet.row] = 2;
  }
}
