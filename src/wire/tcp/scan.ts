import { u16, u32, u8 } from '../bytes.ts';
import { TCP_BASE_SIZE } from './header.ts';
import { TcpOptionKind } from './options.ts';

/**
 * What a reader of captures takes from each segment, without allocating: reused from packet to packet. −1 where an
 * option is absent.
 */
export interface TcpScan {
  sourcePort: number;
  destinationPort: number;
  seq: number;
  ack: number;
  /** Twelve bits: the reserved four above the control bits. */
  flags: number;
  window: number;
  headerSize: number;
  mss: number;
  windowScale: number;
  sackPermitted: boolean;
  timestamps: boolean;
  tsVal: number;
  tsEcr: number;
  /** SACK blocks: `sackCount` pairs of left and right edge. */
  sackCount: number;
  readonly sack: Uint32Array;
  /** MPTCP (kind 30) or TCP-AO/MD5 and the like: number of options not understood. */
  others: number;
}

export const tcpScan = (): TcpScan => ({
  sourcePort: 0,
  destinationPort: 0,
  seq: 0,
  ack: 0,
  flags: 0,
  window: 0,
  headerSize: 0,
  mss: -1,
  windowScale: -1,
  sackPermitted: false,
  timestamps: false,
  tsVal: 0,
  tsEcr: 0,
  sackCount: 0,
  sack: new Uint32Array(10),
  others: 0,
});

const scanOptions = (bytes: Uint8Array, at: number, end: number, out: TcpScan): void => {
  let place = at;
  while (place < end) {
    const type = u8(bytes, place);
    if (type === TcpOptionKind.End) return;
    if (type === TcpOptionKind.Nop) {
      place++;
      continue;
    }
    const length = place + 1 < end ? u8(bytes, place + 1) : 0;
    if (length < 2 || place + length > end) return;
    if (type === TcpOptionKind.Timestamps && length === 10) {
      out.timestamps = true;
      out.tsVal = u32(bytes, place + 2);
      out.tsEcr = u32(bytes, place + 6);
    } else if (type === TcpOptionKind.Sack && length >= 10 && (length - 2) % 8 === 0) {
      out.sackCount = (length - 2) >>> 3;
      for (let k = 0; k < 2 * out.sackCount; k++) out.sack[k] = u32(bytes, place + 2 + 4 * k);
    } else if (type === TcpOptionKind.Mss && length === 4) out.mss = u16(bytes, place + 2);
    else if (type === TcpOptionKind.WindowScale && length === 3) out.windowScale = u8(bytes, place + 2);
    else if (type === TcpOptionKind.SackPermitted && length === 2) out.sackPermitted = true;
    else out.others++;
    place += length;
  }
};

/** Reads the segment at `at` into `out`. False where fewer than 20 bytes are there or the data offset is impossible. */
export const scanTcp = (bytes: Uint8Array, at: number, end: number, out: TcpScan): boolean => {
  if (end - at < TCP_BASE_SIZE) return false;
  const size = (u8(bytes, at + 12) >>> 4) * 4;
  if (size < TCP_BASE_SIZE) return false;
  out.sourcePort = u16(bytes, at);
  out.destinationPort = u16(bytes, at + 2);
  out.seq = u32(bytes, at + 4);
  out.ack = u32(bytes, at + 8);
  out.flags = u16(bytes, at + 12) & 0x0fff;
  out.window = u16(bytes, at + 14);
  out.headerSize = size;
  out.mss = -1;
  out.windowScale = -1;
  out.sackPermitted = false;
  out.timestamps = false;
  out.tsVal = 0;
  out.tsEcr = 0;
  out.sackCount = 0;
  out.others = 0;
  if (size > TCP_BASE_SIZE) scanOptions(bytes, at + TCP_BASE_SIZE, Math.min(at + size, end), out);
  return true;
};
