import { TcpFlag } from '../../trace/types.ts';
import { Mark } from './rows.ts';
import type { RowTable } from './rows.ts';
import { Side } from './side.ts';

/** A repetition this soon after the highest byte is reordering, where no round trip is known (as Wireshark holds). */
const DEFAULT_REORDERING = 3_000_000;
/** A retransmission this soon after duplicate ACKs is theirs. */
const FAST_RETRANSMIT_WITHIN = 20_000_000;

const lt = (a: number, b: number): boolean => ((a - b) | 0) < 0;
const le = (a: number, b: number): boolean => ((a - b) | 0) <= 0;

const CONTROL = TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST;

/** Bytes of sequence space that a segment takes (RFC 9293 §3.4). */
export const sequenceLength = (flags: number, payload: number): number =>
  payload + ((flags & TcpFlag.SYN) !== 0 ? 1 : 0) + ((flags & TcpFlag.FIN) !== 0 ? 1 : 0);

/** Marks of a segment that carries nothing and changes nothing but acknowledgement and window. */
const ackMarks = (own: Side, other: Side, seq: number, ack: number, window: number, payload: number): number => {
  if (!own.hasAck || !own.hasNext || seq !== own.nextSeq || payload > 0) return 0;
  if (ack === own.ack && window !== own.window && window > 0) return Mark.WindowUpdate;
  if (window !== own.window || ack !== own.ack) {
    return window === 0 &&
      window === own.window &&
      ack === (own.ack + 1) >>> 0 &&
      (other.lastMarks & Mark.ZeroWindowProbe) !== 0
      ? Mark.ZeroWindowProbeAck
      : 0;
  }
  if (window > 0 && (other.lastMarks & Mark.KeepAlive) !== 0) return Mark.KeepAliveAck;
  if (window === 0) return (other.lastMarks & Mark.ZeroWindowProbe) !== 0 ? Mark.ZeroWindowProbeAck : 0;
  return Mark.DuplicateAck;
};

/** Whether [seq, seq + length) lies within a SACK block of row `sack`. */
const isSacked = (rows: RowTable, sack: number, seq: number, length: number): boolean => {
  const words = rows.sackWords;
  for (let k = 0; k < (words[sack] as number); k++) {
    if (le(words[sack + 1 + 2 * k] as number, seq) && le(seq + length, words[sack + 2 + 2 * k] as number)) return true;
  }
  return false;
};

/** What kind of repetition a segment is that does not go beyond what was seen. */
const repetition = (
  rows: RowTable,
  own: Side,
  other: Side,
  seq: number,
  length: number,
  time: number,
  firstRtt: number,
): number => {
  const sinceAck = time - other.ackTime;
  if (other.duplicates >= 2 && sinceAck < FAST_RETRANSMIT_WITHIN) {
    if (other.ack === seq) return Mark.FastRetransmission;
    if (other.sack >= 0 && !isSacked(rows, other.sack, seq, length)) return Mark.FastRetransmission;
  }
  const reordering = firstRtt > 0 && firstRtt < Infinity ? firstRtt : DEFAULT_REORDERING;
  if (time - own.nextTime < reordering && own.nextSeq !== (seq + length) >>> 0) return Mark.OutOfOrder;
  return Mark.Retransmission;
};

/**
 * Analyses one segment at the capture point and remembers it: `own` sent it, `other` is to receive it. The marks follow
 * Wireshark's tcp.analysis, so that the two can be compared. `firstRtt`: handshake round trip in ns, Infinity if unknown.
 */
export const analyseSegment = (
  rows: RowTable,
  row: number,
  own: Side,
  other: Side,
  time: number,
  firstRtt: number,
): number => {
  const c = rows.columns;
  const seq = c.seq[row] as number;
  const ack = c.ack[row] as number;
  const window = c.window[row] as number;
  const payload = c.payload[row] as number;
  const flags = c.flags[row] as number;
  const hasAck = (flags & TcpFlag.ACK) !== 0;
  const isControl = (flags & CONTROL) !== 0;
  const length = sequenceLength(flags, payload);
  let marks = 0;
  const isWindowProbe = payload === 1 && own.hasNext && seq === own.nextSeq && other.window === 0;
  if (isWindowProbe) marks |= Mark.ZeroWindowProbe;
  else {
    if (window === 0 && !isControl) marks |= Mark.ZeroWindow;
    if (own.hasNext && lt(own.nextSeq, seq) && (flags & TcpFlag.RST) === 0) marks |= Mark.PreviousNotCaptured;
    if (own.hasNext && payload <= 1 && seq === (own.nextSeq - 1) >>> 0 && !isControl) marks |= Mark.KeepAlive;
    if (payload > 0 && !isControl && fillsWindow(own, other, seq, payload)) marks |= Mark.WindowFull;
    if (!isControl) marks |= ackMarks(own, other, seq, ack, window, payload);
  }
  if ((marks & Mark.DuplicateAck) !== 0) own.duplicates++;
  else if (ack !== own.ack || !own.hasAck) own.duplicates = 0;
  if (hasAck && other.hasNext && lt(other.gapless, ack)) {
    marks |= Mark.AckedUnseen;
    other.gapless = ack;
  }
  if (length > 0 && (marks & Mark.KeepAlive) === 0) {
    // One byte before the end may be a window probe that now comes with more behind it.
    const repeats = own.hasNext && lt(seq, own.nextSeq) && !(payload > 1 && seq === (own.nextSeq - 1) >>> 0);
    if (payload > 0 && other.hasAck && le(seq + payload, other.ack)) marks |= Mark.SpuriousRetransmission;
    else if (repeats) marks |= repetition(rows, own, other, seq, length, time, firstRtt);
  }
  remember(own, seq, length, isWindowProbe, time);
  if (hasAck) {
    own.ack = ack;
    own.hasAck = true;
    own.ackTime = time;
    own.sack = c.sack[row] as number;
  }
  own.window = window;
  own.lastMarks = marks;
  own.seen = true;
  c.marks[row] = marks;
  return marks;
};

const fillsWindow = (own: Side, other: Side, seq: number, payload: number): boolean => {
  if (!other.hasAck || other.window < 0) return false;
  const shift = Side.scale(other, own) ?? 0;
  return (seq + payload) >>> 0 === (other.ack + other.window * 2 ** shift) >>> 0;
};

const remember = (own: Side, seq: number, length: number, isWindowProbe: boolean, time: number): void => {
  const end = (seq + length) >>> 0;
  if (isWindowProbe) return;
  if (!own.hasNext) {
    own.nextSeq = end;
    own.gapless = end;
    own.nextTime = time;
    own.hasNext = true;
    return;
  }
  if (lt(own.nextSeq, end)) {
    own.nextSeq = end;
    own.nextTime = time;
  }
  if (seq === own.gapless) own.gapless = end;
};
