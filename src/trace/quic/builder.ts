import { column, grown } from '../../base/columns.ts';
import { Growing } from '../growing.ts';
import { partsOf, placeOf } from './frames.ts';
import type { RowFrame } from './frames.ts';
import { QuicFrameBit, QuicFrameIndex, quicFrameShape, quicPacketShape } from './types.ts';
import type { QuicFlow, QuicFrameColumns, QuicPacketColumns, QuicPath, TraceQuic } from './types.ts';

/** `packets.path` is a byte. */
const MOST_PATHS = 255;

/** Writes the QUIC packets and frames of a trace; packets in the order of their datagrams, frames in that of their packets. */
export class QuicBuilder {
  readonly #packets = new Growing(quicPacketShape);
  readonly #frames = new Growing(quicFrameShape);
  readonly #blobs: Uint8Array[] = [new Uint8Array(0)];
  /** The same arrays come again and again: an end's id, of which nothing changes. */
  readonly #blobOf = new WeakMap<Uint8Array, number>();
  readonly #blobIndex = new Map<string, number>([['', 0]]);
  readonly #paths: QuicPath[] = [{ address: '', port: 0 }];
  readonly #sentences: string[] = [''];
  readonly #sentenceIndex = new Map<string, number>([['', 0]]);
  #words = new Float64Array(256);
  #wordCount = 0;
  readonly flows: QuicFlow[] = [];

  /** Columns of packets and frames; they change when a table grows. */
  get packets(): QuicPacketColumns {
    return this.#packets.columns;
  }
  get frames(): QuicFrameColumns {
    return this.#frames.columns;
  }
  get packetCount(): number {
    return this.#packets.count;
  }
  get frameCount(): number {
    return this.#frames.count;
  }

  /** A fresh packet of `datagram` (row of `Trace.packets`), neither acknowledged nor lost; its frames are added next. */
  addPacket(datagram: number, type: number): number {
    const row = this.#packets.row();
    const { packets } = this;
    packets.datagram[row] = datagram;
    packets.type[row] = type;
    packets.number[row] = -1;
    packets.acked[row] = NaN;
    packets.lost[row] = NaN;
    packets.frame[row] = this.#frames.count;
    return row;
  }

  /** Adds a frame to the last packet. `at`: where its data stands in `plain`, −1 where nowhere. */
  addFrame(frame: RowFrame, at = -1): number {
    const row = this.#frames.row();
    const packet = this.#packets.count - 1;
    const columns = this.frames;
    columns.packet[row] = packet;
    columns.stream[row] = -1;
    columns.word[row] = -1;
    columns.at[row] = at;
    if (frame.kind === 'stream') this.#placeStream(row, frame);
    else if (frame.kind === 'ack') this.#placeAck(row, frame);
    else this.#placeOther(row, frame);
    const { frames } = this.packets;
    frames[packet] = (frames[packet] as number) + 1;
    return row;
  }

  /** Nearly all frames are STREAM or ACK: what they have is written without a list between. */
  #placeStream(row: number, frame: Extract<RowFrame, { kind: 'stream' }>): void {
    const columns = this.frames;
    columns.kind[row] = QuicFrameIndex.stream;
    columns.stream[row] = frame.stream;
    columns.offset[row] = frame.offset;
    columns.length[row] = frame.data.length;
    columns.bits[row] = (frame.fin ? QuicFrameBit.Fin : 0) | (frame.hasLength ? QuicFrameBit.Length : 0);
  }

  /** Its words: delay, ECN counts (−1 where it has none), number of ranges, then smallest and largest of each. */
  #placeAck(row: number, { delay, ecn, ranges }: Extract<RowFrame, { kind: 'ack' }>): void {
    const first = this.#roomFor(5 + 2 * ranges.length);
    const words = this.#words;
    this.frames.kind[row] = QuicFrameIndex.ack;
    this.frames.word[row] = first;
    words[first] = delay;
    words[first + 1] = ecn?.ect0 ?? -1;
    words[first + 2] = ecn?.ect1 ?? -1;
    words[first + 3] = ecn?.ce ?? -1;
    words[first + 4] = ranges.length;
    let at = first + 5;
    for (const { smallest, largest } of ranges) {
      words[at++] = smallest;
      words[at++] = largest;
    }
  }

  #placeOther(row: number, frame: RowFrame): void {
    const columns = this.frames;
    const { stream, offset, length, bits } = placeOf(frame);
    const { words, blobs } = partsOf(frame);
    columns.kind[row] = QuicFrameIndex[frame.kind];
    columns.stream[row] = stream;
    columns.offset[row] = offset;
    columns.length[row] = length;
    columns.bits[row] = bits;
    if (words.length > 0) columns.word[row] = this.#addWords(words);
    columns.blob[row] = this.#addRun(blobs);
  }

  #addWords(words: readonly number[]): number {
    const at = this.#roomFor(words.length);
    this.#words.set(words, at);
    return at;
  }

  /** Place of the first of `count` words. */
  #roomFor(count: number): number {
    const at = this.#wordCount;
    while (at + count > this.#words.length) this.#words = grown(this.#words, this.#words.length * 2);
    this.#wordCount += count;
    return at;
  }

  /** Rows of bytes that follow each other; 0 for none. */
  #addRun(blobs: readonly Uint8Array[]): number {
    const first = this.#blobs.length;
    for (const bytes of blobs) this.#blobs.push(bytes.slice());
    return blobs.length > 0 ? first : 0;
  }

  /** Row of these bytes, which many packets may share (a connection id); 0 for none. */
  blob(bytes: Uint8Array): number {
    const known = this.#blobOf.get(bytes);
    if (known !== undefined) return known;
    const key = bytes.join(' ');
    let row = this.#blobIndex.get(key);
    if (row === undefined) {
      row = this.#blobs.push(bytes.slice()) - 1;
      this.#blobIndex.set(key, row);
    }
    this.#blobOf.set(bytes, row);
    return row;
  }

  /** Number of a client's end, for `packets.path`. More than a byte counts share the last. */
  path(address: string, port: number): number {
    const known = this.#paths.findIndex((one) => one.address === address && one.port === port);
    if (known > 0) return known;
    return this.#paths.length > MOST_PATHS ? MOST_PATHS : this.#paths.push({ address, port }) - 1;
  }

  /** Number of a sentence, for `packets.problem`. */
  sentence(text: string): number {
    let index = this.#sentenceIndex.get(text);
    if (index === undefined) {
      index = this.#sentences.push(text) - 1;
      this.#sentenceIndex.set(text, index);
    }
    return index;
  }

  /** Gives its memory back, once it is finished, for one that outlives its trace. */
  release(): void {
    this.#packets.release();
    this.#frames.release();
    this.#words = new Float64Array(0);
  }

  /** `datagrams`: how many rows `Trace.packets` has. */
  finish(datagrams: number, plain: Uint8Array = new Uint8Array(0)): TraceQuic {
    const packets = this.#packets.finish();
    const packetsOf = column('u32', datagrams + 1);
    let row = 0;
    for (let i = 0; i < datagrams; i++) {
      packetsOf[i] = row;
      while (row < this.packetCount && packets.datagram[row] === i) row++;
    }
    packetsOf[datagrams] = row;
    return {
      flows: this.flows,
      packetCount: this.packetCount,
      packets,
      frameCount: this.frameCount,
      frames: this.#frames.finish(),
      words: this.#words.slice(0, this.#wordCount),
      paths: this.#paths,
      blobs: this.#blobs,
      plain,
      sentences: this.#sentences,
      packetsOf,
    };
  }
}
