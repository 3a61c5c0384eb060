import { describe, expect, it } from 'vitest';
import { packetBytes } from '../../../src/packet/bytes.ts';
import { culprit, isRepetition, why } from '../../../src/trace/causes.ts';
import { CauseKind, Fate, isLost, NONE, SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { holds } from '../support/property.ts';
import { anyScenario, retransmissions, simulate } from '../support/scenarios.ts';

/** Time of a cause: the arrival, the event, the sending that it names. */
const timeOf = (trace: Trace, kind: number, row: number): number => {
  if (kind === CauseKind.Arrival) {
    expect(trace.packets.fate[row], `packet ${row} arrived`).toBe(Fate.Delivered);
    return trace.packets.arrived[row] ?? NaN;
  }
  return (kind === CauseKind.Event ? trace.events.time[row] : trace.packets.sent[row]) ?? NaN;
};

describe('a trace hangs together', () => {
  it('every cause lies before what it caused', () => {
    holds(anyScenario, 60, (scenario) => {
      const trace = simulate(scenario);
      const { packets: p, events: e } = trace;
      for (let i = 0; i < trace.packetCount; i++) {
        const kind = p.causeKind[i] ?? 0;
        if (kind === CauseKind.None) continue;
        expect(p.cause[i]).toBeGreaterThanOrEqual(0);
        expect(timeOf(trace, kind, p.cause[i] ?? NONE)).toBeLessThanOrEqual(p.sent[i] ?? 0);
        if (kind !== CauseKind.Event) expect(p.cause[i]).toBeLessThan(i);
      }
      for (let i = 0; i < trace.eventCount; i++) {
        const kind = e.causeKind[i] ?? 0;
        if (kind === CauseKind.None) continue;
        expect(timeOf(trace, kind, e.cause[i] ?? NONE)).toBeLessThanOrEqual(e.time[i] ?? 0);
        if (kind === CauseKind.Event) expect(e.cause[i]).toBeLessThan(i);
      }
    });
  });

  it('rows are in order of time; a packet waits, is put on the wire, travels, in this order', () => {
    holds(anyScenario, 60, (scenario) => {
      const { packets: p, packetCount, events: e, eventCount, end } = simulate(scenario);
      for (let i = 0; i < packetCount; i++) {
        if (i > 0) expect(p.sent[i]).toBeGreaterThanOrEqual(p.sent[i - 1] ?? 0);
        expect(p.start[i]).toBeGreaterThanOrEqual(p.sent[i] ?? 0);
        expect(p.end[i]).toBeGreaterThanOrEqual(p.start[i] ?? 0);
        expect(p.arrived[i]).toBeGreaterThanOrEqual(p.end[i] ?? 0);
        if (p.fate[i] === Fate.Delivered) expect(p.arrived[i]).toBeLessThanOrEqual(end);
      }
      for (let i = 1; i < eventCount; i++) expect(e.time[i]).toBeGreaterThanOrEqual(e.time[i - 1] ?? 0);
    });
  });

  it('every retransmission leads to a lost packet, or is named spurious', () => {
    let seen = 0;
    holds(anyScenario, 60, (scenario) => {
      const trace = simulate(scenario);
      const { packets: p } = trace;
      for (const row of retransmissions(trace)) {
        seen++;
        const earlier = p.retransmissionOf[row] ?? NONE;
        expect(earlier).toBeLessThan(row);
        expect(p.flow[earlier]).toBe(p.flow[row]);
        expect(p.nth[row]).toBeGreaterThan(p.nth[earlier] ?? 0);
        const found = culprit(trace, row);
        expect(found.kind).not.toBe('none');
        if (found.kind === 'lost')
          expect(isLost(p.fate[found.packet] ?? 0), `culprit ${found.packet} of ${row} was lost`).toBe(true);
        else if (found.kind === 'spurious') expect(isLost(p.fate[earlier] ?? 0)).toBe(false);
      }
    });
    expect(seen).toBeGreaterThan(500);
  });

  it('the chain behind a retransmission is in order of time and ends with it', () => {
    holds(anyScenario, 25, (scenario) => {
      const trace = simulate(scenario);
      for (const row of retransmissions(trace).slice(0, 20)) {
        const steps = why(trace, row);
        expect(steps.length).toBeGreaterThan(1);
        for (let k = 1; k < steps.length; k++) expect(steps[k]?.time).toBeGreaterThanOrEqual(steps[k - 1]?.time ?? 0);
        expect(steps.some((s) => s.what === 'sent' && s.packet === row)).toBe(true);
      }
    });
  });

  it('n-th transmissions of the same bytes are numbered without gaps', () => {
    holds(anyScenario, 40, (scenario) => {
      const trace = simulate(scenario);
      for (let i = 0; i < trace.packetCount; i++) {
        if (!isRepetition(trace, i) || trace.packets.retransmissionOf[i] === NONE) continue;
        const earlier = trace.packets.retransmissionOf[i] ?? NONE;
        expect(trace.packets.nth[i]).toBe((trace.packets.nth[earlier] ?? 0) + 1);
      }
    });
  });

  it('states follow each other without a gap, spans end after they begin', () => {
    holds(anyScenario, 40, (scenario) => {
      const trace = simulate(scenario);
      const { spans: s } = trace;
      const open = new Map<string, number>();
      for (let i = 0; i < trace.spanCount; i++) {
        expect(s.end[i]).toBeGreaterThanOrEqual(s.start[i] ?? 0);
        if (s.kind[i] !== SpanKind.State) continue;
        const key = `${s.node[i]} ${s.flow[i]}`;
        const before = open.get(key);
        if (before !== undefined) expect(s.start[i]).toBe(before);
        open.set(key, s.end[i] ?? 0);
      }
    });
  });

  it('a packet’s size is what its bytes come to', () => {
    holds(anyScenario, 12, (scenario) => {
      const trace = simulate(scenario);
      for (let i = 0; i < trace.packetCount; i++)
        expect(packetBytes(trace, i).length, `packet ${i}`).toBe(trace.packets.size[i]);
    });
  });
});
