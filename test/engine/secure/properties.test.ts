import { describe, expect, it } from 'vitest';
import { traceHash } from '../../../src/trace/hash.ts';
import { EventKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { holds } from '../support/property.ts';
import { hasFailed } from '../support/scenarios.ts';
import { anySecure, simulateSecure } from './anySecure.ts';
import { eventsAt, failuresAt, nodeOf, sessionOf, statesOf } from './runs.ts';

const sides = ['client', 'server'] as const;
/** Longest silence of a sender that has not given up: an RTO at its limit (RFC 6298 §2.5), late by its timer. */
const LONGEST_WAIT = 130e9;

/** Bytes of the stream that each side was handed, checked to be each once and in order. */
const handedOver = (trace: Trace, side: 'client' | 'server'): number => {
  const d = trace.deliveries;
  let reached = 0;
  for (let i = 0; i < trace.deliveryCount; i++) {
    if (d.node[i] !== nodeOf(trace, side)) continue;
    expect(d.offset[i]).toBe(reached);
    reached += d.bytes[i] as number;
  }
  return reached;
};

const gaveUp = (trace: Trace): boolean => sides.some((side) => failuresAt(trace, side).length > 0);

describe('TLS over whatever the network does', () => {
  it('each application byte arrives once and in order, or the connection ends openly', () => {
    const counts = { complete: 0, refused: 0 };
    holds(anySecure, 120, (scenario) => {
      const trace = simulateSecure(scenario);
      const session = sessionOf(trace);
      const asked = scenario.flows[0]?.requests ?? [];
      const reached = { client: handedOver(trace, 'client'), server: handedOver(trace, 'server') };
      const fault = scenario.flows[0]?.tls?.fault ?? 'none';
      if (gaveUp(trace)) {
        // An alert has a reason: one that the scenario names.
        expect(fault).not.toBe('none');
        counts.refused++;
        return;
      }
      const limit = (scenario.durationMs ?? 0) * 1e6;
      const last = trace.packets.sent[trace.packetCount - 1] ?? 0;
      if (hasFailed(trace, 0) || last > limit - LONGEST_WAIT) return;
      expect(trace.requests.map(({ delivered }) => delivered)).toEqual(asked.map((r) => r.responseBytes));
      expect(trace.requests.every((r) => r.completion !== null && r.sent !== null)).toBe(true);
      const wrote = (side: 'client' | 'server'): number =>
        session.records[side].reduce((sum, record) => sum + record.size, 0);
      expect(reached).toEqual({ client: wrote('server'), server: wrote('client') });
      counts.complete++;
    });
    expect(counts.complete).toBeGreaterThan(80);
    expect(counts.refused).toBeGreaterThan(3);
  });

  it('the client is never done before it is: connected, secured, first byte, last', () => {
    holds(anySecure, 60, (scenario) => {
      const trace = simulateSecure(scenario);
      const connected = eventsAt(trace, 'client', EventKind.Connected)[0]?.at ?? Infinity;
      const secured = eventsAt(trace, 'client', EventKind.Secured).map(({ at }) => at);
      expect(secured.length).toBeLessThanOrEqual(1);
      const [first = Infinity] = secured;
      expect(first).toBeGreaterThanOrEqual(connected);
      for (const request of trace.requests) {
        if (request.sent !== null) expect(request.sent).toBeGreaterThanOrEqual(first);
        if (request.firstByte !== null) expect(request.firstByte).toBeGreaterThan(request.sent ?? Infinity);
        if (request.completion !== null)
          expect(request.completion).toBeGreaterThanOrEqual(request.firstByte ?? Infinity);
      }
    });
  });

  it('the same scenario gives the same trace and the same TLS', () => {
    holds(anySecure, 25, (scenario) => {
      const [one, two] = [simulateSecure(scenario), simulateSecure(structuredClone(scenario))];
      expect(traceHash(one)).toBe(traceHash(two));
      expect(one.tls).toEqual(two.tls);
      expect(sessionOf(one)).toEqual(sessionOf(two));
    });
  });

  it('a run ends when all is over: nothing hangs', () => {
    holds(anySecure, 60, (scenario) => {
      const trace = simulateSecure(scenario);
      const limit = (scenario.durationMs ?? 0) * 1e6;
      const last = trace.packets.sent[trace.packetCount - 1] ?? 0;
      if (last > limit - LONGEST_WAIT) return;
      expect(trace.end).toBeLessThan(last + LONGEST_WAIT);
      if (hasFailed(trace, 0)) return;
      // Without a failure of TCP each end of TLS comes to an end of its machine.
      const ends = scenario.flows[0]?.close === 'none' ? ['CONNECTED', 'FAILED'] : ['CLOSED', 'FAILED'];
      for (const side of sides) expect(ends).toContain(statesOf(trace, side, 'tls').at(-1));
    });
  });
});
