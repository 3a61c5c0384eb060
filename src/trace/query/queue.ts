import { isTurnedAway } from '../types.ts';
import type { Trace } from '../types.ts';

/** A stepped line: the value holds from its time until the next. */
export interface Steps {
  readonly time: Float64Array;
  readonly value: Float64Array;
}

/** Packets that wait in the queue of a link (not the one being sent), from the packets' own times. */
export const queueDepth = (trace: Trace, link: number): Steps => {
  const p = trace.packets;
  let count = 0;
  const queued = (i: number): boolean => p.link[i] === link && !isTurnedAway(p.fate[i] as number);
  for (let i = 0; i < trace.packetCount; i++) if (queued(i)) count++;
  const sent = new Float64Array(count);
  const start = new Float64Array(count);
  for (let i = 0, k = 0; i < trace.packetCount; i++) {
    if (!queued(i)) continue;
    sent[k] = p.sent[i] as number;
    start[k++] = Math.max(p.sent[i] as number, p.start[i] as number);
  }
  start.sort();
  const time = new Float64Array(2 * count);
  const value = new Float64Array(2 * count);
  let n = 0;
  let depth = 0;
  let a = 0;
  let b = 0;
  while (b < count) {
    const t = Math.min(a < count ? (sent[a] as number) : Infinity, start[b] as number);
    while (a < count && sent[a] === t) {
      a++;
      depth++;
    }
    while (b < count && start[b] === t) {
      b++;
      depth--;
    }
    if (n > 0 && value[n - 1] === depth) continue;
    time[n] = t;
    value[n++] = depth;
  }
  return { time: time.slice(0, n), value: value.slice(0, n) };
};
