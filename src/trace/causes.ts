import { lowerBound } from '../base/bisect.ts';
import { nanos } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { isRepetition } from './repetition.ts';
import { CauseKind, EventKind, Fate, isLost, NONE, SpanKind } from './types.ts';
import type { Trace } from './types.ts';

export { isRepetition } from './repetition.ts';

/** One instant of a chain of causes. `packet`, `event` and `span` are rows, or NONE. */
export interface CauseStep {
  readonly time: Nanos;
  readonly what: 'sent' | 'lost' | 'arrived' | 'event' | 'blocked' | 'delivered';
  readonly packet: number;
  readonly event: number;
  /** The `Blocked` span of a 'blocked' or 'delivered' step. */
  readonly span: number;
}

/** What a retransmission goes back to. */
export type Culprit =
  /** This packet was lost (the earlier copy, or the answer to it). */
  | { readonly kind: 'lost'; readonly packet: number }
  /** Nothing was lost: the earlier copy arrived, or was still on its way. */
  | { readonly kind: 'spurious'; readonly packet: number }
  /** It is not a retransmission. */
  | { readonly kind: 'none' };

/** A walk this long has told its story; a cause that points in a circle ends here too. */
const MAX_STEPS = 48;
/** How far a first transmission is followed back: the arrival that set it free, what that one answered, and so on. */
const FIRST_SENDING_STEPS = 4;

const step = (time: number, what: CauseStep['what'], packet: number, event = NONE, span = NONE): CauseStep => ({
  time: nanos(time),
  what,
  packet,
  event,
  span,
});

const sentStep = (trace: Trace, packet: number): CauseStep =>
  step(trace.packets.sent[packet] as number, 'sent', packet);

/** How a packet ended, as a step; null where that is not known. */
const endStep = (trace: Trace, packet: number): CauseStep | null => {
  const p = trace.packets;
  const fate = p.fate[packet] as number;
  if (isLost(fate)) return step(p.arrived[packet] as number, 'lost', packet);
  return fate === Fate.Delivered ? step(p.arrived[packet] as number, 'arrived', packet) : null;
};

/** The lost packet that answered the arrival of `packet` before row `until`, or NONE. */
const lostAnswer = (trace: Trace, packet: number, until: number): number => {
  const p = trace.packets;
  for (let i = packet + 1; i < until; i++) {
    if (p.causeKind[i] === CauseKind.Arrival && p.cause[i] === packet && isLost(p.fate[i] as number)) return i;
  }
  return NONE;
};

/** What made a retransmission necessary, or that nothing did. */
export const culprit = (trace: Trace, packet: number): Culprit => {
  const p = trace.packets;
  const earlier = p.retransmissionOf[packet] as number;
  if (earlier === NONE) return isRepetition(trace, packet) ? { kind: 'lost', packet: NONE } : { kind: 'none' };
  if (isLost(p.fate[earlier] as number)) return { kind: 'lost', packet: earlier };
  const answer = lostAnswer(trace, earlier, packet);
  if (answer !== NONE) return { kind: 'lost', packet: answer };
  // A copy that a later hop lost: its row there is caused by its arrival here.
  return { kind: 'spurious', packet: earlier };
};

/** The span in which bytes waited for `packet`, or NONE. */
const blockedBy = (trace: Trace, packet: number): number => {
  const s = trace.spans;
  for (let i = 0; i < trace.spanCount; i++) {
    if (s.kind[i] === SpanKind.Blocked && s.packet[i] === packet) return i;
  }
  return NONE;
};

/** A host takes up what arrived this much later at most, ns: its turnaround. */
const MAX_TURNAROUND = 1_000_000;

/** The span that the arrival of `packet` ended, or NONE. */
const setFreeBy = (trace: Trace, packet: number): number => {
  const { packets: p, spans: s } = trace;
  const payload = p.payload[packet] as number;
  if (payload === 0 || p.fate[packet] !== Fate.Delivered) return NONE;
  const node = trace.links[p.link[packet] as number]?.to;
  const offset = p.offset[packet] as number;
  for (let i = 0; i < trace.spanCount; i++) {
    if (s.kind[i] !== SpanKind.Blocked || s.flow[i] !== p.flow[packet] || s.node[i] !== node) continue;
    const after = (s.end[i] as number) - (p.arrived[packet] as number);
    const hole = s.a[i] as number;
    if (after >= 0 && after <= MAX_TURNAROUND && hole >= offset && hole < offset + payload) return i;
  }
  return NONE;
};

/** The first packet that arrived behind the hole which `span` waited for: its cause, or found by offset; NONE if neither. */
const openerOf = (trace: Trace, span: number, lost: number): number => {
  const { packets: p, spans: s } = trace;
  if (s.causeKind[span] === CauseKind.Arrival) return s.cause[span] as number;
  const start = s.start[span] as number;
  let opener = NONE;
  for (let i = lost + 1; i < trace.packetCount && (p.sent[i] as number) < start; i++) {
    if (p.link[i] !== p.link[lost] || p.flow[i] !== p.flow[lost] || (p.payload[i] as number) === 0) continue;
    if ((p.offset[i] as number) <= (s.a[span] as number) || isLost(p.fate[i] as number)) continue;
    if (opener === NONE || (p.arrived[i] as number) < (p.arrived[opener] as number)) opener = i;
  }
  return opener;
};

/** Walks causes back from a packet, latest first; stops at `since`, at the application, at a circle, after `limit`. */
const walkBack = (trace: Trace, packet: number, since: number, limit: number): CauseStep[] => {
  const { packets: p, events: e } = trace;
  const isRepair = p.retransmissionOf[packet] !== NONE;
  const steps: CauseStep[] = [];
  const seen = new Set<number>();
  let kind = p.causeKind[packet] as number;
  let row = p.cause[packet] as number;
  while (steps.length < limit && kind !== CauseKind.None && row !== NONE) {
    // Packets and events share the set: events count down from −2.
    const key = kind === CauseKind.Event ? -2 - row : row * 2 + (kind === CauseKind.Sent ? 1 : 0);
    if (seen.has(key)) break;
    seen.add(key);
    if (kind === CauseKind.Event) {
      if ((e.time[row] as number) < since) break;
      steps.push(step(e.time[row] as number, 'event', e.packet[row] as number, row));
      if (e.kind[row] === EventKind.AppWrite || e.kind[row] === EventKind.AppClose) break;
      kind = e.causeKind[row] as number;
      row = e.cause[row] as number;
      continue;
    }
    const time = (kind === CauseKind.Sent ? p.sent[row] : p.arrived[row]) as number;
    if (time < since) break;
    steps.push(step(time, kind === CauseKind.Sent ? 'sent' : 'arrived', row));
    // A packet of the same direction is the evidence; what set that one free is another story.
    if (isRepair && p.link[row] === p.link[packet]) break;
    kind = p.causeKind[row] as number;
    row = p.cause[row] as number;
  }
  return steps;
};

/** In order of time, each instant once; steps at one instant keep the order in which they were given. */
const inOrder = (steps: readonly CauseStep[]): CauseStep[] => {
  const seen = new Set<string>();
  return steps
    .filter((s) => {
      const key = `${s.what} ${String(s.packet)} ${String(s.event)} ${String(s.span)}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .map((s, k) => ({ s, k }))
    .sort((a, b) => a.s.time - b.s.time || a.k - b.k)
    .map(({ s }) => s);
};

/** Earlier copies of a packet, first one first. */
const earlierCopies = (trace: Trace, packet: number): number[] => {
  const copies: number[] = [];
  const seen = new Set([packet]);
  let row = trace.packets.retransmissionOf[packet] as number;
  while (row !== NONE && !seen.has(row)) {
    seen.add(row);
    copies.unshift(row);
    row = trace.packets.retransmissionOf[row] as number;
  }
  return copies;
};

/**
 * Why packet `packet` was sent and what became of it: a chain of instants in order of time. For a retransmission the
 * chain begins with the earlier copies and their ends, so that it names the lost packet, or shows that none was.
 */
export const why = (trace: Trace, packet: number): CauseStep[] => {
  const p = trace.packets;
  const copies = earlierCopies(trace, packet);
  const steps: CauseStep[] = [];
  for (const copy of copies) {
    steps.push(sentStep(trace, copy));
    const end = endStep(trace, copy);
    if (end) steps.push(end);
  }
  const first = copies[0];
  if (first !== undefined) {
    const found = culprit(trace, packet);
    if (found.kind === 'lost' && found.packet !== NONE && !copies.includes(found.packet)) {
      const end = endStep(trace, found.packet);
      steps.push(sentStep(trace, found.packet), ...(end ? [end] : []));
    }
    const blocked = blockedBy(trace, first);
    const opener = blocked === NONE ? NONE : openerOf(trace, blocked, first);
    // What opened the hole after this packet had gone had no part in it.
    if (opener !== NONE && (p.arrived[opener] as number) <= (p.sent[packet] as number))
      steps.push(step(p.arrived[opener] as number, 'arrived', opener));
    const last = copies[copies.length - 1] as number;
    steps.push(...walkBack(trace, packet, p.sent[last] as number, MAX_STEPS).reverse());
  } else {
    steps.push(...walkBack(trace, packet, -Infinity, FIRST_SENDING_STEPS).reverse());
  }
  steps.push(sentStep(trace, packet));
  const freed = setFreeBy(trace, packet);
  const end = endStep(trace, packet);
  if (freed !== NONE) steps.push(step(p.arrived[packet] as number, 'delivered', packet, NONE, freed));
  else if (end) steps.push(end);
  return inOrder(steps);
};

/** The recovery that began between two instants in a flow: row of its event, or NONE. */
export const recoveryBetween = (trace: Trace, flow: number, from: number, to: number): number => {
  const e = trace.events;
  for (let i = lowerBound(e.time, from, trace.eventCount); i < trace.eventCount && (e.time[i] as number) <= to; i++) {
    if (e.kind[i] === EventKind.RecoveryEntered && e.flow[i] === flow) return i;
  }
  return NONE;
};
