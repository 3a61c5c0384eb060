import { describe, expect, test } from 'vitest';
import { nanos, ZERO } from '../../src/base/time.ts';
import type { Nanos } from '../../src/base/time.ts';
import { instantAt, nextInstant, previousInstant } from '../../src/session/instants.ts';
import { momentAt } from '../../src/session/moment.ts';
import { SpanKind } from '../../src/trace/types.ts';
import { smallTrace } from './lossy.ts';

const trace = smallTrace();
/** Every instant, the slow way. */
const all = [
  ...new Set([
    ...trace.packets.sent,
    ...trace.packets.arrived,
    ...trace.spans.start.filter((_, i) => trace.spans.kind[i] === SpanKind.State),
  ]),
].sort((a, b) => a - b);

describe('steps by event', () => {
  test('forward visits every instant once, in order', () => {
    const seen: number[] = [];
    let time: Nanos = ZERO;
    while (time < trace.end && seen.length < 5000) {
      time = nextInstant(trace, time);
      seen.push(time);
    }
    expect(seen.filter((t) => all.includes(t))).toEqual(all.filter((t) => t > 0 && t <= trace.end));
  });

  test('backward is the same way', () => {
    const seen: number[] = [];
    let time = nanos(all.at(-1)! + 1);
    while (time > 0 && seen.length < 5000) {
      time = previousInstant(trace, time);
      seen.push(time);
    }
    expect(seen.reverse().filter((t) => all.includes(t))).toEqual(all.filter((t) => t >= 0));
  });

  test('between two events stands the earlier one', () => {
    const k = Math.floor(all.length / 2);
    expect(instantAt(trace, nanos(all[k]! + 1))).toBe(all[k]);
    expect(instantAt(trace, nanos(all[k]!))).toBe(all[k]);
  });
});

describe('a moment', () => {
  test('counts what is under way, and knows both ends', () => {
    const time = nanos(Math.round(trace.end / 3));
    let expected = 0;
    for (let i = 0; i < trace.packetCount; i++) {
      if (trace.packets.sent[i]! <= time && trace.packets.arrived[i]! > time) expected++;
    }
    const moment = momentAt(trace, time);
    expect(moment.inFlight).toBe(expected);
    expect(moment.states.map((s) => s.name.toLowerCase()).sort()).toEqual(['client', 'server']);
  });
});
