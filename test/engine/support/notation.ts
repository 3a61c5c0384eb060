import { Flag } from '../../../src/engine/protocol/tcp/segment.ts';
import type { Segment } from '../../../src/engine/protocol/tcp/segment.ts';

/** What a test keeps of a segment once the pool has it back. All numbers as on the wire. */
export interface Snapshot {
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  readonly payload: number;
  readonly offset: number;
  readonly hasTimestamps: boolean;
  readonly tsVal: number;
  readonly tsEcr: number;
  readonly sack: readonly number[];
  readonly mss: number;
  readonly windowScale: number;
  readonly sackPermitted: boolean;
  /** Bytes of the Fast Open cookie; −1: no option. */
  readonly fastOpen: number;
  readonly ecn: number;
  readonly size: number;
  readonly nth: number;
  readonly isProbe: boolean;
  readonly packet: number;
  readonly retransmissionOf: number;
  readonly causeKind: number;
  readonly cause: number;
}

export const snapshotOf = (s: Segment): Snapshot => ({
  flags: s.flags,
  seq: s.seq,
  ack: s.ack,
  window: s.window,
  payload: s.payload,
  offset: s.offset,
  hasTimestamps: s.hasTimestamps,
  tsVal: s.tsVal,
  tsEcr: s.tsEcr,
  sack: [...s.sack.subarray(0, 2 * s.sackCount)],
  mss: s.mss,
  windowScale: s.windowScale,
  sackPermitted: s.sackPermitted,
  fastOpen: s.fastOpen,
  ecn: s.ecn,
  size: s.size,
  nth: s.nth,
  isProbe: s.isProbe,
  packet: s.packet,
  retransmissionOf: s.retransmissionOf,
  causeKind: s.causeKind,
  cause: s.cause,
});

const LETTERS = [
  ['S', Flag.SYN],
  ['F', Flag.FIN],
  ['R', Flag.RST],
  ['P', Flag.PSH],
  ['E', Flag.ECE],
  ['W', Flag.CWR],
  ['.', Flag.ACK],
] as const;

/** Flags as tcpdump writes them: `S.`, `P.`, `F.`, `R`. */
export const showFlags = (flags: number): string =>
  LETTERS.filter(([, bit]) => (flags & bit) !== 0)
    .map(([letter]) => letter)
    .join('') || 'none';

/** Flag bits behind letters; undefined where a letter is none. */
export const readFlags = (text: string): number | undefined => {
  let flags = 0;
  for (const letter of text) {
    const found = LETTERS.find(([name]) => name === letter);
    if (found === undefined) return undefined;
    flags |= found[1];
  }
  return flags;
};

/** Distance of a wire number from a base, signed 32 bit. */
export const relative = (wire: number, base: number): number => (wire - base) | 0;

/** A segment as one line, numbers relative to the sender's and the receiver's initial sequence numbers. */
export const show = (s: Snapshot, senderIsn: number, receiverIsn: number): string => {
  const seq = relative(s.seq, senderIsn);
  const length = s.payload + ((s.flags & Flag.SYN) !== 0 ? 1 : 0) + ((s.flags & Flag.FIN) !== 0 ? 1 : 0);
  const parts = [showFlags(s.flags), length > 0 ? `${seq}:${seq + length}(${s.payload})` : `${seq}`];
  if ((s.flags & Flag.ACK) !== 0) parts.push(`ack ${relative(s.ack, receiverIsn)}`);
  parts.push(`win ${s.window}`);
  if (s.mss > 0) parts.push(`mss ${s.mss}`);
  if (s.windowScale >= 0) parts.push(`wscale ${s.windowScale}`);
  if (s.sackPermitted) parts.push('sackok');
  if (s.fastOpen >= 0) parts.push(`fo ${s.fastOpen}`);
  const blocks: string[] = [];
  for (let i = 0; i + 1 < s.sack.length; i += 2) {
    blocks.push(`${relative(s.sack[i] ?? 0, receiverIsn)}:${relative(s.sack[i + 1] ?? 0, receiverIsn)}`);
  }
  if (blocks.length > 0) parts.push(`sack ${blocks.join(',')}`);
  if (s.hasTimestamps) parts.push(`ts ${s.tsVal}/${s.tsEcr}`);
  if (s.ecn !== 0) parts.push(['', 'ect1', 'ect0', 'ce'][s.ecn] ?? '');
  return parts.join(' ');
};
