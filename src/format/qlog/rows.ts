import { column, resized, table } from '../../base/columns.ts';
import { quicFrameShape, quicPacketShape } from '../../trace/quic/types.ts';
import type { QuicFlow, TraceQuic } from '../../trace/quic/types.ts';

/** Copies rows of QUIC packets and their frames from the logs into a trace, in its order. */
export class QuicRows {
  #packets = table(quicPacketShape, 1024);
  #frames = table(quicFrameShape, 1024);
  #packetCount = 0;
  #frameCount = 0;
  readonly #words: Float64Array[] = [];
  readonly #blobs: Uint8Array[] = [];
  readonly #sources = new Map<TraceQuic, { readonly words: number; readonly blobs: number }>();
  #wordCount = 0;

  /** Takes the numbers and bytes of a log's frames in; to be called before its rows are copied. */
  take(source: TraceQuic): void {
    this.#sources.set(source, { words: this.#wordCount, blobs: this.#blobs.length });
    this.#words.push(source.words);
    this.#wordCount += source.words.length;
    for (const blob of source.blobs) this.#blobs.push(blob);
  }

  /** Copies a packet with its frames; gives its row. */
  copy(source: TraceQuic, row: number, datagram: number): number {
    const base = this.#sources.get(source) ?? { words: 0, blobs: 0 };
    if (this.#packetCount === this.#packets.type.length)
      this.#packets = resized(this.#packets, quicPacketShape, 2 * this.#packetCount);
    const to = this.#packetCount++;
    const [own, from] = [this.#packets, source.packets];
    own.datagram[to] = datagram;
    own.type[to] = from.type[row] as number;
    own.number[to] = from.number[row] as number;
    own.size[to] = from.size[row] as number;
    own.payload[to] = from.payload[row] as number;
    own.bits[to] = from.bits[row] as number;
    own.version[to] = from.version[row] as number;
    own.destination[to] = moved(from.destination[row] as number, base.blobs);
    own.source[to] = moved(from.source[row] as number, base.blobs);
    own.token[to] = moved(from.token[row] as number, base.blobs);
    own.frame[to] = this.#frameCount;
    own.frames[to] = from.frames[row] as number;
    own.acked[to] = NaN;
    own.lost[to] = NaN;
    const first = from.frame[row] as number;
    const count = from.frames[row] as number;
    while (this.#frameCount + count > this.#frames.kind.length)
      this.#frames = resized(this.#frames, quicFrameShape, 2 * this.#frames.kind.length);
    for (let k = 0; k < count; k++) {
      this.#copyFrame(source, first + k, to, base.words, base.blobs);
    }
    return to;
  }

  #copyFrame(source: TraceQuic, row: number, packet: number, words: number, blobs: number): void {
    const to = this.#frameCount++;
    const [own, from] = [this.#frames, source.frames];
    own.packet[to] = packet;
    own.kind[to] = from.kind[row] as number;
    own.stream[to] = from.stream[row] as number;
    own.offset[to] = from.offset[row] as number;
    own.length[to] = from.length[row] as number;
    own.bits[to] = from.bits[row] as number;
    const word = from.word[row] as number;
    own.word[to] = word < 0 ? word : word + words;
    own.blob[to] = moved(from.blob[row] as number, blobs);
    own.at[to] = -1;
  }

  get packets(): TraceQuic['packets'] {
    return this.#packets;
  }
  get frames(): TraceQuic['frames'] {
    return this.#frames;
  }

  finish(datagrams: number, flows: readonly QuicFlow[]): TraceQuic {
    const packets = resized(this.#packets, quicPacketShape, this.#packetCount);
    const packetsOf = column('u32', datagrams + 1);
    let row = 0;
    for (let i = 0; i < datagrams; i++) {
      packetsOf[i] = row;
      while (row < this.#packetCount && packets.datagram[row] === i) row++;
    }
    packetsOf[datagrams] = row;
    return {
      flows,
      packetCount: this.#packetCount,
      packets,
      frameCount: this.#frameCount,
      frames: resized(this.#frames, quicFrameShape, this.#frameCount),
      words: joined(this.#words, this.#wordCount),
      paths: [{ address: '', port: 0 }],
      blobs: this.#blobs.length > 0 ? this.#blobs : [new Uint8Array(0)],
      plain: new Uint8Array(0),
      sentences: [''],
      packetsOf,
    };
  }
}

/** Row 0 of every log is empty; so is row 0 of all. */
const moved = (row: number, base: number): number => (row === 0 ? 0 : row + base);

const joined = (parts: readonly Float64Array[], length: number): Float64Array => {
  const all = new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
