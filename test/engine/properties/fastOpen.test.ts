import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { holds } from '../support/property.ts';
import { anyScenario, hasFailed, retransmissions, simulate } from '../support/scenarios.ts';

/** Any path and any TCP, with Fast Open of every kind at either end. */
const anyFastOpen = fc
  .record({
    base: anyScenario,
    client: fc.constantFrom('request', 'cookie', 'cookie', 'rejected'),
    server: fc.constantFrom('off', 'request', 'cookie', 'cookie', 'rejected'),
  })
  .map(({ base, client, server }) => ({
    ...base,
    flows: base.flows.map((flow) => ({
      ...flow,
      tcp: { ...flow.tcp, client: { fastOpen: client }, server: { fastOpen: server } },
    })),
  }));

/** Bytes handed to each node, each once and in order. */
const handedOver = (trace: Trace): Map<number, number> => {
  const d = trace.deliveries;
  const reached = new Map<number, number>();
  for (let i = 0; i < trace.deliveryCount; i++) {
    const node = d.node[i] ?? 0;
    expect(d.offset[i]).toBe(reached.get(node) ?? 0);
    reached.set(node, (d.offset[i] ?? 0) + (d.bytes[i] ?? 0));
  }
  return reached;
};

/** Longest silence of a sender that has not given up, as in delivery.test.ts. */
const LONGEST_WAIT = 130e9;

describe('data on the SYN, whatever the network does', () => {
  it('each byte is delivered once and in order, or the connection fails openly', () => {
    let complete = 0;
    let rode = 0;
    let again = 0;
    holds(anyFastOpen, 300, (scenario) => {
      const trace = simulate(scenario);
      const reached = handedOver(trace);
      const [flow] = trace.flows;
      const asked = scenario.flows[0]?.requests ?? [];
      if (hasFailed(trace, 0)) return;
      if ((trace.packets.sent[trace.packetCount - 1] ?? 0) > (scenario.durationMs ?? 0) * 1e6 - LONGEST_WAIT) return;
      const sum = (size: 'requestBytes' | 'responseBytes'): number => asked.reduce((n, r) => n + (r[size] ?? 0), 0);
      expect(trace.requests.map((r) => r.completion !== null)).toEqual(asked.map(() => true));
      expect(reached.get(flow?.client.node ?? 0)).toBe(sum('responseBytes'));
      expect(reached.get(flow?.server.node ?? 0)).toBe(sum('requestBytes'));
      const p = trace.packets;
      for (let i = 0; i < trace.packetCount; i++) {
        if (p.kind[i] === PacketKind.Syn && (p.payload[i] ?? 0) > 0) rode++;
        expect(p.size[i]).toBeLessThanOrEqual(scenario.path?.mtu ?? 0);
      }
      if (retransmissions(trace).some((i) => p.offset[i] === 0 && (p.payload[i] ?? 0) > 0)) again++;
      complete++;
    });
    expect(complete).toBeGreaterThan(250);
    // The cases that matter came up.
    expect(rode).toBeGreaterThan(100);
    expect(again).toBeGreaterThan(50);
  });
});
