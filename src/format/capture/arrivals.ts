import { Fate } from '../../trace/types.ts';
import type { Dissection } from './dissect.ts';
import { provenBy } from './fates.ts';
import type { FrameTable } from './frames.ts';
import type { Delays } from './vantage.ts';

/** An ACK of a single segment that comes this much later than the last one did was held back by a timer, ns. */
const DELAYED_ACK = 20_000_000;

/**
 * How long, beyond the least way, each row took to a far end whose ACKs came back: its time in queues, ns. The ACK that a
 * segment set off left when the segment came; segments that share an ACK share its delay. 0 where nothing tells.
 */
export const inferQueueing = (
  d: Dissection,
  frames: FrameTable,
  delays: readonly Delays[],
  fates: Uint8Array,
): Float64Array => {
  const c = d.rows.columns;
  const times = frames.columns.time;
  const timeOf = (row: number): number => times[c.frame[row] as number] as number;
  const queueing = new Float64Array(d.rows.count);
  const proofs = new Int32Array(d.rows.count).fill(-1);
  /** Of each ACK, the last row that it proved, and how many. */
  const trigger = new Int32Array(d.rows.count).fill(-1);
  const shared = new Uint16Array(d.rows.count);
  const isFar = (row: number): boolean => {
    const delay = delays[c.flow[row] as number];
    return delay !== undefined && !delay.both && !(c.upward[row] === 1 ? delay.atServer : delay.atClient);
  };
  for (let row = 0; row < d.rows.count; row++) {
    if (fates[row] !== Fate.Delivered || !isFar(row)) continue;
    const proof = provenBy(c.provenBy, c.retransmissionOf, row);
    if (proof < row) continue;
    proofs[row] = proof;
    trigger[proof] = row;
    shared[proof] = Math.min(65_535, (shared[proof] as number) + 1);
  }
  /** Latest delay by flow and direction, and when its row was seen. */
  const last = new Float64Array(d.flows.length * 2);
  const lastSeen = new Float64Array(d.flows.length * 2);
  for (let row = 0; row < d.rows.count; row++) {
    const proof = proofs[row] as number;
    if (proof < 0) continue;
    const isUp = c.upward[row] as number;
    const flow = c.flow[row] as number;
    const { toServer, toClient } = delays[flow] as Delays;
    const there = isUp === 1 ? toServer : toClient;
    const seen = timeOf(row);
    const slot = flow * 2 + isUp;
    const before = last[slot] as number;
    // There and back again: what a round trip takes beyond twice the way, of the row that set the ACK off.
    const answered = timeOf(proof) - (d.heldBack.get(proof) ?? 0);
    const ofTrigger = Math.max(0, answered - timeOf(trigger[proof] as number) - 2 * there);
    const atMost = Math.max(0, answered - seen - 2 * there);
    // A queue drains no faster than time passes.
    const atLeast = before - (seen - (lastSeen[slot] as number));
    let extra = Math.min(Math.max(ofTrigger, atLeast), atMost);
    if (shared[proof] === 1 && extra - before > DELAYED_ACK) extra = Math.max(0, before);
    last[slot] = extra;
    lastSeen[slot] = seen;
    queueing[row] = extra;
  }
  keepOrder(d, proofs, queueing, timeOf);
  return queueing;
};

/** A path keeps the order in which packets are sent: none comes after one that was sent later. */
const keepOrder = (
  d: Dissection,
  proofs: Int32Array,
  queueing: Float64Array,
  timeOf: (row: number) => number,
): void => {
  const c = d.rows.columns;
  const limit = new Float64Array(d.flows.length * 2).fill(Infinity);
  for (let row = d.rows.count - 1; row >= 0; row--) {
    if ((proofs[row] as number) < 0) continue;
    const slot = (c.flow[row] as number) * 2 + (c.upward[row] as number);
    const seen = timeOf(row);
    const room = Math.max(0, (limit[slot] as number) - seen);
    if ((queueing[row] as number) > room) queueing[row] = room;
    limit[slot] = Math.min(limit[slot] as number, seen + (queueing[row] as number));
  }
};
