import { nanos } from '../base/time.ts';
import type { CauseStep } from './causes.ts';
import { CauseKind, Fate, isLost, NONE, SpanKind } from './types.ts';
import type { Trace } from './types.ts';

/** Who was caused by whom, turned round: for each packet and event the rows that name it as their cause. */
class Effects {
  /** Heads: packets first, then events; −1 where nothing follows. Items: packets first, then events. */
  readonly #head: Int32Array;
  readonly #next: Int32Array;

  constructor(readonly trace: Trace) {
    const { packets: p, events: e, packetCount, eventCount } = trace;
    this.#head = new Int32Array(packetCount + eventCount).fill(NONE);
    this.#next = new Int32Array(packetCount + eventCount).fill(NONE);
    const link = (item: number, kind: number, cause: number): void => {
      if (kind === CauseKind.None || cause < 0) return;
      const at = kind === CauseKind.Event ? packetCount + cause : cause;
      if (at >= this.#head.length) return;
      this.#next[item] = this.#head[at] as number;
      this.#head[at] = item;
    };
    // Backwards, so that each list comes out in order.
    for (let i = eventCount - 1; i >= 0; i--) link(packetCount + i, e.causeKind[i] as number, e.cause[i] as number);
    for (let i = packetCount - 1; i >= 0; i--) link(i, p.causeKind[i] as number, p.cause[i] as number);
  }

  *of(item: number): Generator<number> {
    for (let i = this.#head[item] ?? NONE; i !== NONE; i = this.#next[i] ?? NONE) yield i;
  }
}

const known = new WeakMap<Trace, Effects>();
const effectsIndex = (trace: Trace): Effects => {
  let index = known.get(trace);
  if (!index) known.set(trace, (index = new Effects(trace)));
  return index;
};

/**
 * What packet `packet` brought about, in order of time: its end, what waited for it, what was handed over, the packets
 * and events that name it, and theirs in turn. Follows at most `limit` of them, `depth` links deep.
 */
export const effects = (trace: Trace, packet: number, limit = 24, depth = 3): CauseStep[] => {
  const { packets: p, events: e, spans: s, deliveries: d, packetCount } = trace;
  const index = effectsIndex(trace);
  const steps: CauseStep[] = [];
  const add = (time: number, what: CauseStep['what'], row: number, event = NONE, span = NONE): void => {
    steps.push({ time: nanos(time), what, packet: row, event, span });
  };
  if (isLost(p.fate[packet] as number)) add(p.arrived[packet] as number, 'lost', packet);
  else if (p.fate[packet] === Fate.Delivered) add(p.arrived[packet] as number, 'arrived', packet);
  for (let i = 0; i < trace.spanCount && steps.length < limit; i++) {
    if (s.kind[i] !== SpanKind.Blocked || s.packet[i] !== packet) continue;
    add(s.start[i] as number, 'blocked', packet, NONE, i);
  }
  for (let i = 0; i < trace.deliveryCount; i++) {
    if (d.packet[i] !== packet) continue;
    add(d.time[i] as number, 'delivered', packet);
    break;
  }
  const seen = new Set([packet]);
  let frontier = [packet];
  for (let level = 0; level < depth && steps.length < limit; level++) {
    const next: number[] = [];
    for (const item of frontier) {
      for (const effect of index.of(item)) {
        if (seen.has(effect) || steps.length >= limit) continue;
        seen.add(effect);
        next.push(effect);
        if (effect < packetCount) add(p.sent[effect] as number, 'sent', effect);
        else
          add(
            e.time[effect - packetCount] as number,
            'event',
            e.packet[effect - packetCount] as number,
            effect - packetCount,
          );
      }
    }
    frontier = next;
  }
  for (let i = packet + 1; i < packetCount && steps.length < limit; i++) {
    if (p.retransmissionOf[i] !== packet || seen.has(i)) continue;
    add(p.sent[i] as number, 'sent', i);
    break;
  }
  return steps.sort((a, b) => a.time - b.time);
};
