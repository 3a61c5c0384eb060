import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { FrameTable } from '../capture/frames.ts';
import { MAX_CAPTURED } from '../pcap/reader.ts';
import { BlockType, BYTE_ORDER_MAGIC, OptionCode, TLS_KEY_LOG } from './blocks.ts';
import { splitTime, timeUnit } from './time.ts';
import type { TimeUnit } from './time.ts';

interface Interface {
  readonly linkType: number;
  /** 0: no limit. */
  readonly snaplen: number;
  readonly unit: TimeUnit;
  /** Number over all sections. */
  readonly index: number;
}

/** Without if_tsresol times count microseconds (draft-ietf-opsawg-pcapng §4.2). */
const DEFAULT_RESOLUTION = 6;
const MAX_INTERFACES = 65_535;

export const isPcapng = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0x0a && bytes[1] === 0x0d && bytes[2] === 0x0d && bytes[3] === 0x0a;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #frames: FrameTable;
  readonly #warn: (sentence: string) => void;
  /** Key logs that the file carries. */
  readonly keys: string[] = [];
  readonly #time = { seconds: 0, nanos: 0 };
  #little = true;
  #interfaces: Interface[] = [];
  #interfaceCount = 0;
  #homeless = 0;
  #timeless = 0;
  #broken = 0;

  constructor(bytes: Uint8Array, frames: FrameTable, warn: (sentence: string) => void) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#frames = frames;
    this.#warn = warn;
  }

  #u16(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }
  #u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  /** Reads block after block. The reason why the very first cannot be read, or null. */
  run(): string | null {
    const { length } = this.#bytes;
    let place = 0;
    while (place + 12 <= length) {
      const isSection = this.#view.getUint32(place) === BlockType.Section;
      if (isSection) {
        const order = place + 12 <= length ? this.#view.getUint32(place + 8, true) : 0;
        if (order === BYTE_ORDER_MAGIC) this.#little = true;
        else if (this.#view.getUint32(place + 8) === BYTE_ORDER_MAGIC) this.#little = false;
        else return this.#stop(place, 'the byte-order magic of a section is neither way round');
        this.#interfaces = [];
      }
      const size = this.#u32(place + 4);
      if (size < 12) return this.#stop(place, `a block says that it has ${String(size)} bytes; the least is 12`);
      // Blocks end on 4 bytes; some writers forget the padding in the length.
      const next = place + ((size + 3) & ~3);
      if (place + size > length) {
        return this.#stop(place, `the file is cut: a block of ${String(size)} bytes has ${String(length - place)}`);
      }
      if (this.#u32(place + size - 4) !== size && !(next <= length && this.#u32(next - 4) === size)) {
        return this.#stop(place, 'the two lengths of a block differ');
      }
      if (isSection && size < 28) return this.#stop(place, 'a section header is shorter than 28 bytes');
      if (isSection && this.#u16(place + 12) !== 1) {
        return this.#stop(place, `version ${String(this.#u16(place + 12))} of pcapng is not known, only 1`);
      }
      this.#block(this.#u32(place), place + 8, place + size - 4);
      place = next;
    }
    if (place < length)
      return this.#stop(place, `the file is cut: ${String(length - place)} bytes of a block are left`);
    this.#tell();
    return null;
  }

  /** Ends the reading at `place`: a warning where something was read, else the reason for refusal. */
  #stop(place: number, why: string): string | null {
    this.#tell();
    if (place === 0) return why;
    this.#warn(`At byte ${String(place)} ${why}. Reading stopped there, after ${String(this.#frames.count)} packets.`);
    return null;
  }

  #tell(): void {
    const plural = (n: number): string => `${String(n)} packet${n === 1 ? '' : 's'}`;
    if (this.#homeless > 0)
      this.#warn(`${plural(this.#homeless)} of an interface that was not described before: left out.`);
    if (this.#timeless > 0)
      this.#warn(
        `${plural(this.#timeless)} without a time (simple packet blocks): placed at the time of the one before.`,
      );
    if (this.#broken > 0) this.#warn(`${plural(this.#broken)} whose length does not fit the block: left out.`);
  }

  /** One block; its body is [at, end). */
  #block(type: number, at: number, end: number): void {
    switch (type) {
      case BlockType.Interface:
        if (end - at >= 8) this.#interface(at, end);
        return;
      case BlockType.EnhancedPacket:
        if (end - at >= 20) this.#packet(this.#u32(at), at + 4, end);
        else this.#broken++;
        return;
      case BlockType.Packet:
        // The obsolete block: interface and drop count share the first word.
        if (end - at >= 20) this.#packet(this.#u16(at), at + 4, end);
        else this.#broken++;
        return;
      case BlockType.SimplePacket:
        if (end - at >= 4) this.#simple(at, end);
        else this.#broken++;
        return;
      case BlockType.DecryptionSecrets:
        this.#secrets(at, end);
    }
  }

  /** Secrets of TLS as the text of a key log; other kinds are stepped over (draft-ietf-opsawg-pcapng §4.7). */
  #secrets(at: number, end: number): void {
    if (end - at < 8 || this.#u32(at) !== TLS_KEY_LOG) return;
    const length = Math.min(this.#u32(at + 4), end - at - 8);
    this.keys.push(new TextDecoder().decode(this.#bytes.subarray(at + 8, at + 8 + length)));
  }

  #interface(at: number, end: number): void {
    let resolution = DEFAULT_RESOLUTION;
    let offset = 0;
    let place = at + 8;
    while (place + 4 <= end) {
      const code = this.#u16(place);
      const length = this.#u16(place + 2);
      const value = place + 4;
      if (code === OptionCode.End || value + length > end) break;
      if (code === OptionCode.TimeResolution && length >= 1) resolution = this.#bytes[value] as number;
      if (code === OptionCode.TimeOffset && length === 8) offset = Number(this.#view.getBigInt64(value, this.#little));
      place = value + ((length + 3) & ~3);
    }
    this.#interfaces.push({
      linkType: this.#u16(at),
      snaplen: this.#u32(at + 4),
      unit: timeUnit(resolution, offset),
      index: Math.min(this.#interfaceCount++, MAX_INTERFACES),
    });
  }

  /** Time, captured and wire length, then the bytes: the same in both kinds of packet block. */
  #packet(iface: number, at: number, end: number): void {
    const home = this.#interfaces[iface];
    if (!home) {
      this.#homeless++;
      return;
    }
    const length = this.#u32(at + 8);
    const data = at + 16;
    if (length > end - data || length > MAX_CAPTURED) {
      this.#broken++;
      return;
    }
    splitTime(home.unit, this.#u32(at), this.#u32(at + 4), this.#time);
    const wire = Math.max(length, this.#u32(at + 12));
    this.#frames.add(this.#time.seconds, this.#time.nanos, data, length, wire, home.linkType, home.index);
  }

  /** No interface, no time, no captured length: the first interface, and as many bytes as snaplen and block allow. */
  #simple(at: number, end: number): void {
    const home = this.#interfaces[0];
    if (!home) {
      this.#homeless++;
      return;
    }
    const wire = this.#u32(at);
    const limit = home.snaplen === 0 ? wire : Math.min(wire, home.snaplen);
    if (limit > end - at - 4 || limit > MAX_CAPTURED) {
      this.#broken++;
      return;
    }
    this.#timeless++;
    this.#frames.addTimeless(at + 4, limit, wire, home.linkType, home.index);
  }
}

/**
 * Reads the frames of a pcapng file into `frames`; blocks that are not packets are stepped over. Where the file is cut or
 * a block makes no sense, what came before stays, and `warn` hears of it. `keep` hears of each key log inside. Fails only
 * where the first block cannot be read.
 */
export const readPcapng = (
  bytes: Uint8Array,
  frames: FrameTable,
  warn: (sentence: string) => void,
  keep: (keys: string) => void = () => undefined,
): Result<string> => {
  const refused = (why: string): Result<string> => fail({ where: 'byte 0', what: `not readable as pcapng: ${why}` });
  if (bytes.length < 28) return refused(`the first block needs 28 bytes, ${String(bytes.length)} are there`);
  const reader = new Reader(bytes, frames, warn);
  const why = reader.run();
  reader.keys.forEach(keep);
  return why === null ? ok('pcapng') : refused(why);
};
