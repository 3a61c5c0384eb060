import { resized, table } from '../../base/columns.ts';
import type { TableOf } from '../../base/columns.ts';

/** What one IP packet of a capture says, in the order of the file. `frame` indexes the FrameTable. */
const shape = {
  frame: 'i32',
  ipAt: 'u16',
  flow: 'u16',
  /** 1: from the flow's client. */
  upward: 'u8',
  tcp: 'u8',
  /** PacketKind of what is no TCP. */
  kind: 'u8',
  /** QUIC: stream of its first STREAM frame, −1 where it has none. */
  stream: 'i32',
  size: 'u32',
  payload: 'u32',
  flags: 'u16',
  seq: 'u32',
  ack: 'u32',
  window: 'u16',
  tsVal: 'u32',
  tsEcr: 'u32',
  /** Row in `sackWords`, or −1. */
  sack: 'i32',
  ipId: 'u16',
  ecn: 'u8',
  /** Offset in the stream of the first byte that takes a sequence number: −1 is the SYN. QUIC: of its first STREAM or CRYPTO. */
  offset: 'f64',
  /** Mark bits. */
  marks: 'u16',
  /** The previous transmission of the same first byte, or −1. */
  retransmissionOf: 'i32',
  nth: 'u16',
  /** 1: its bytes were sent again later. */
  again: 'u8',
  /** The row whose ACK or SACK first proved that this one arrived, or −1. */
  provenBy: 'i32',
  /** The row of the same packet seen again at a second interface, or −1; `copy` is 1 on that second row. */
  twin: 'i32',
  copy: 'u8',
} as const;

/** What the analysis found on a segment, after Wireshark's names. */
export const Mark = {
  Retransmission: 1,
  FastRetransmission: 2,
  SpuriousRetransmission: 4,
  OutOfOrder: 8,
  /** Bytes before it were not seen. */
  PreviousNotCaptured: 16,
  KeepAlive: 32,
  KeepAliveAck: 64,
  ZeroWindowProbe: 128,
  ZeroWindowProbeAck: 256,
  ZeroWindow: 512,
  WindowFull: 1024,
  WindowUpdate: 2048,
  DuplicateAck: 4096,
  AckedUnseen: 8192,
} as const;

export class RowTable {
  #capacity: number;
  columns: TableOf<typeof shape>;
  count = 0;
  sackWords = new Uint32Array(1024);
  #sackCount = 0;

  /** `room`: how many rows are foreseen; more is no error. */
  constructor(room: number) {
    this.#capacity = Math.max(1, room);
    this.columns = table(shape, this.#capacity);
  }

  add(): number {
    if (this.count === this.#capacity) {
      this.#capacity *= 2;
      this.columns = resized(this.columns, shape, this.#capacity);
    }
    const i = this.count++;
    const c = this.columns;
    c.sack[i] = -1;
    c.retransmissionOf[i] = -1;
    c.provenBy[i] = -1;
    c.twin[i] = -1;
    c.nth[i] = 1;
    return i;
  }

  /** Keeps SACK blocks as [count, left, right …]; gives their row. */
  addSack(edges: Uint32Array, pairs: number): number {
    const at = this.#sackCount;
    const need = 1 + 2 * pairs;
    if (at + need > this.sackWords.length) {
      const bigger = new Uint32Array(this.sackWords.length * 2);
      bigger.set(this.sackWords);
      this.sackWords = bigger;
    }
    this.sackWords[at] = pairs;
    for (let k = 0; k < 2 * pairs; k++) this.sackWords[at + 1 + k] = edges[k] as number;
    this.#sackCount += need;
    return at;
  }
}
