import { resized, table } from '../../base/columns.ts';
import { NS_PER_S } from '../../base/time.ts';

const shape = {
  /** ns after the first frame of the file; frames may lie before it. */
  time: 'f64',
  /** Where the captured bytes start in the file, and how many they are. */
  offset: 'f64',
  length: 'u32',
  /** Bytes that were on the wire. */
  wire: 'u32',
  linkType: 'u16',
  /** Interface of the file, counted over all sections. */
  iface: 'u16',
} as const;

/** The frames of a capture file in their order: places in the file, no copies. */
export class FrameTable {
  #capacity = 1024;
  columns = table(shape, this.#capacity);
  count = 0;
  /** Wall time of the first frame: whole seconds since 1970, and ns. */
  firstSeconds = 0;
  firstNanos = 0;
  #hasTime = false;
  /** Time of the latest frame that had one, for frames that have none. */
  #last = 0;

  /** Adds a frame seen at `seconds` (whole) and `nanos` (0 or more, may pass a second) since 1970. */
  add(
    seconds: number,
    nanos: number,
    offset: number,
    length: number,
    wire: number,
    linkType: number,
    iface: number,
  ): void {
    if (!this.#hasTime) {
      this.#hasTime = true;
      this.firstSeconds = seconds;
      this.firstNanos = nanos;
    }
    this.#last = (seconds - this.firstSeconds) * NS_PER_S + (nanos - this.firstNanos);
    this.#push(offset, length, wire, linkType, iface);
  }

  /** Adds a frame without a time: it counts as seen with the one before it. */
  addTimeless(offset: number, length: number, wire: number, linkType: number, iface: number): void {
    this.#push(offset, length, wire, linkType, iface);
  }

  #push(offset: number, length: number, wire: number, linkType: number, iface: number): void {
    if (this.count === this.#capacity) {
      this.#capacity *= 2;
      this.columns = resized(this.columns, shape, this.#capacity);
    }
    const i = this.count++;
    const c = this.columns;
    c.time[i] = this.#last;
    c.offset[i] = offset;
    c.length[i] = length;
    c.wire[i] = wire;
    c.linkType[i] = linkType;
    c.iface[i] = iface;
  }
}
