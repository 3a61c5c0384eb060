import { grown } from '../../base/columns.ts';
import type { QuicBuilder } from '../../trace/quic/builder.ts';
import type { RowFrame } from '../../trace/quic/frames.ts';
import { QuicBit, QuicType } from '../../trace/quic/types.ts';
import type { ReadFrame } from '../../wire/quic/frame/frame.ts';
import { asNumber, varintSize } from '../../wire/varint.ts';
import { isEliciting } from './analysis.ts';
import type { CapturedPacket } from './packet.ts';

/** Bytes of a list of versions, four each, as rows of Version Negotiation hold them. */
const versionBytes = (versions: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * versions.length);
  const view = new DataView(bytes.buffer);
  versions.forEach((version, i) => {
    view.setUint32(4 * i, version);
  });
  return bytes;
};

/** A frame with plain numbers: above 2^53 they stay there. */
const plainFrame = (frame: ReadFrame): RowFrame => {
  const plain: Record<string, unknown> = { ...frame };
  for (const [key, value] of Object.entries(plain)) if (typeof value === 'bigint') plain[key] = asNumber(value);
  if (frame.kind === 'ack' && frame.ecn)
    plain['ecn'] = { ect0: asNumber(frame.ecn.ect0), ect1: asNumber(frame.ecn.ect1), ce: asNumber(frame.ecn.ce) };
  return plain as unknown as RowFrame;
};

/** Bytes of the Length field where they are not the two that are usual. */
const lengthSize = (packet: CapturedPacket): number => {
  const { place } = packet;
  if (place?.kind !== 'initial' && place?.kind !== 'handshake' && place?.kind !== 'zeroRtt') return 0;
  const token = place.kind === 'initial' ? varintSize(place.token.length) + place.token.length : 0;
  const size = place.numberAt - place.at - 7 - place.destination.length - place.source.length - token;
  return size === 2 ? 0 : size;
};

/** Writes the packets of a connection into the columns of a trace, and keeps their data. */
export class QuicRows {
  #plain = new Uint8Array(4096);
  #size = 0;

  constructor(readonly builder: QuicBuilder) {}

  get plain(): Uint8Array {
    return this.#plain.subarray(0, this.#size);
  }

  #keep(data: Uint8Array): number {
    const at = this.#size;
    let capacity = this.#plain.length;
    while (at + data.length > capacity) capacity *= 2;
    if (capacity > this.#plain.length) this.#plain = grown(this.#plain, capacity);
    this.#plain.set(data, at);
    this.#size += data.length;
    return at;
  }

  /** Adds a packet of `datagram`, a row of the trace; returns its own row. */
  add(datagram: number, packet: CapturedPacket): number {
    const { builder } = this;
    const row = builder.addPacket(datagram, packet.type);
    const p = builder.packets;
    const { place, first } = packet;
    p.number[row] = packet.number;
    p.numberLength[row] = packet.numberLength;
    p.size[row] = packet.size;
    p.payload[row] = packet.payload;
    p.problem[row] = builder.sentence(packet.problem);
    p.lengthSize[row] = lengthSize(packet);
    let bits = (first & 0x40) === 0 ? QuicBit.NoFixedBit : 0;
    if (packet.type === QuicType.OneRtt) {
      if ((first & 0x20) !== 0) bits |= QuicBit.Spin;
      if (packet.number >= 0 && (first & 0x04) !== 0) bits |= QuicBit.KeyPhase;
    }
    if (isEliciting(packet.frames)) bits |= QuicBit.AckEliciting;
    p.bits[row] = bits;
    if (place) {
      if (place.kind !== 'oneRtt' || packet.type === QuicType.OneRtt)
        p.destination[row] = builder.blob(place.destination);
      if (place.kind !== 'oneRtt') {
        p.version[row] = place.version;
        p.source[row] = builder.blob(place.source);
      }
      if (place.kind === 'initial' || place.kind === 'retry') p.token[row] = builder.blob(place.token);
      if (place.kind === 'versionNegotiation') p.token[row] = builder.blob(versionBytes(place.versions));
    }
    for (const frame of packet.frames ?? []) {
      const holds = frame.kind === 'stream' || frame.kind === 'crypto' || frame.kind === 'datagram';
      builder.addFrame(plainFrame(frame), holds ? this.#keep(frame.data) : -1);
    }
    return row;
  }
}
