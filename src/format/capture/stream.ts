import { grown } from '../../base/columns.ts';

/** A scan of a network has tens of thousands of flows with hardly a packet: storage comes with the first one. */
const NO_INTS = new Int32Array(0);
const NO_FLOATS = new Float64Array(0);

/**
 * One direction of a TCP flow as a capture shows it: which row first carried which bytes, and which of them were proven
 * to have arrived. Offsets count from the first payload byte (the SYN is −1) and do not wrap.
 */
export class Stream {
  /** Whether a row that takes sequence numbers was seen. */
  started = false;
  isn: number | null = null;
  /** Offset behind the highest byte seen. */
  next = 0;
  /** Lowest offset seen, where there was no SYN. */
  lowest = 0;
  /** Offset up to which the other side has acknowledged; −Infinity before the first ACK. */
  acknowledged = -Infinity;
  #anchorSeq = 0;
  #anchorOffset = 0;
  /** Rows that carried new bytes, with the offsets at which they start (ascending). */
  rows = NO_INTS;
  starts = NO_FLOATS;
  ends = NO_FLOATS;
  count = 0;
  /** First index that may not be proven yet, from each index on (path-compressed). */
  #skip = NO_INTS;
  /** Latest transmission of an offset that was sent more than once. */
  #again: Map<number, number> | null = null;

  /** Offset of a sequence number, by its signed distance to the highest one seen (RFC 9293 §3.4). */
  offsetOf(seq: number): number {
    return this.#anchorOffset + ((seq - this.#anchorSeq) | 0);
  }

  /** Begins with the first row: `seq` is at `offset` (−1 for a SYN, else 0). */
  start(seq: number, offset: number, isn: number | null): void {
    this.started = true;
    this.isn = isn;
    this.#anchorSeq = seq;
    this.#anchorOffset = offset;
    this.next = offset;
    this.lowest = Math.min(0, offset);
  }

  /** Notes that `row` carries [offset, offset + length), of which something is new. */
  extend(row: number, seq: number, offset: number, length: number): void {
    const end = offset + length;
    if (this.count === this.rows.length) {
      const capacity = Math.max(4, this.count * 2);
      this.rows = grown(this.rows, capacity);
      this.starts = grown(this.starts, capacity);
      this.ends = grown(this.ends, capacity);
      this.#skip = grown(this.#skip, capacity);
    }
    const k = this.count++;
    this.rows[k] = row;
    // Of a row that overlaps earlier ones, the part that is new: so both lists ascend.
    this.starts[k] = Math.max(offset, this.next);
    this.ends[k] = end;
    this.#skip[k] = k;
    this.next = end;
    this.#anchorSeq = (seq + length) >>> 0;
    this.#anchorOffset = end;
  }

  /** Index of the row that first carried the byte at `offset`, or −1 where none did. */
  find(offset: number): number {
    let lo = 0;
    let hi = this.count;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((this.ends[mid] as number) <= offset) lo = mid + 1;
      else hi = mid;
    }
    return lo < this.count && (this.starts[lo] as number) <= offset ? lo : -1;
  }

  /** The first row behind the byte at `offset`, which showed that it was missing; −1 where none is. */
  behind(offset: number): number {
    let lo = 0;
    let hi = this.count;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((this.starts[mid] as number) <= offset) lo = mid + 1;
      else hi = mid;
    }
    return lo < this.count ? (this.rows[lo] as number) : -1;
  }

  /** The latest row that carried the byte at `offset`, or −1. */
  previous(offset: number): number {
    const again = this.#again?.get(offset);
    if (again !== undefined) return again;
    const k = this.find(offset);
    return k < 0 ? -1 : (this.rows[k] as number);
  }

  /** Notes that `row` sent the byte at `offset` again. */
  repeat(row: number, offset: number): void {
    (this.#again ??= new Map<number, number>()).set(offset, row);
  }

  /** First index at or after `k` that is not proven yet. */
  #unproven(k: number): number {
    let root = k;
    while (root < this.count && (this.#skip[root] as number) !== root) root = this.#skip[root] as number;
    for (let i = k; i < root;) {
      const next = this.#skip[i] as number;
      this.#skip[i] = root;
      i = next;
    }
    return root;
  }

  /** Calls `prove` once for each row that lies within [from, to) and was not proven before. */
  proveRange(from: number, to: number, prove: (row: number) => void): void {
    let lo = 0;
    let hi = this.count;
    while (lo < hi) {
      const mid = (lo + hi) >>> 1;
      if ((this.starts[mid] as number) < from) lo = mid + 1;
      else hi = mid;
    }
    for (let k = this.#unproven(lo); k < this.count && (this.ends[k] as number) <= to; k = this.#unproven(k)) {
      prove(this.rows[k] as number);
      // Points past itself: the next index, or the end, which grows when rows come.
      this.#skip[k] = k + 1;
    }
  }

  /** A cumulative acknowledgement up to `offset`: proves what lies below. */
  acknowledge(offset: number, prove: (row: number) => void): void {
    if (offset <= this.acknowledged) return;
    this.proveRange(this.acknowledged === -Infinity ? -Infinity : this.#boundary(this.acknowledged), offset, prove);
    this.acknowledged = offset;
  }

  /** Start of the row that holds `offset`: an earlier ACK may have ended within it. */
  #boundary(offset: number): number {
    const k = this.find(offset);
    return k < 0 ? offset : (this.starts[k] as number);
  }
}
