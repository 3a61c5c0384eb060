import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../src/trace/types.ts';
import { holds } from '../support/property.ts';
import { anyScenario, hasFailed, simulate } from '../support/scenarios.ts';

/** Bytes that each node of each flow was handed, checked to be each once and in order. */
const handedOver = (trace: Trace): Map<string, number> => {
  const d = trace.deliveries;
  const reached = new Map<string, number>();
  let last = 0;
  for (let i = 0; i < trace.deliveryCount; i++) {
    const key = `${d.flow[i]} ${d.node[i]} ${d.stream[i]}`;
    expect(d.offset[i], `delivery ${i} of ${key}`).toBe(reached.get(key) ?? 0);
    expect(d.bytes[i]).toBeGreaterThan(0);
    expect(d.time[i]).toBeGreaterThanOrEqual(last);
    last = d.time[i] ?? 0;
    reached.set(key, (d.offset[i] ?? 0) + (d.bytes[i] ?? 0));
  }
  return reached;
};

/** Longest silence of a sender that has not given up: an RTO at its limit (RFC 6298 §2.5; Linux TCP_RTO_MAX 120 s), late by its timer. */
const LONGEST_WAIT = 130e9;

describe('whatever the network does', () => {
  it('each byte is delivered once and in order, or the connection fails openly', () => {
    let complete = 0;
    holds(anyScenario, 300, (scenario) => {
      const trace = simulate(scenario);
      const reached = handedOver(trace);
      const flow = trace.flows[0];
      const asked = scenario.flows[0]?.requests ?? [];
      const wanted = asked.reduce((sum, r) => sum + (r.responseBytes ?? 0), 0);
      const requested = asked.reduce((sum, r) => sum + (r.requestBytes ?? 0), 0);
      if (hasFailed(trace, 0)) return;
      // Where everything is lost a sender may still be trying when the run is cut off: that too is open to see.
      const limit = (scenario.durationMs ?? 0) * 1e6;
      if ((trace.packets.sent[trace.packetCount - 1] ?? 0) > limit - LONGEST_WAIT) return;
      expect(trace.requests.map((r) => r.completion !== null)).toEqual(asked.map(() => true));
      expect(reached.get(`0 ${flow?.client.node} 0`)).toBe(wanted);
      expect(reached.get(`0 ${flow?.server.node} 0`)).toBe(requested);
      complete++;
    });
    expect(complete).toBeGreaterThan(250);
  });

  it('a run ends when everything is over: it does not wait for its time limit', () => {
    holds(anyScenario, 100, (scenario) => {
      const trace = simulate(scenario);
      const limit = (scenario.durationMs ?? 0) * 1e6;
      const last = trace.packets.sent[trace.packetCount - 1] ?? 0;
      if (last < limit - LONGEST_WAIT) expect(trace.end).toBeLessThan(last + LONGEST_WAIT);
    });
  });
});
