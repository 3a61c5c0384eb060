import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/trace/summary.ts';
import type { FlowSummary } from '../../../src/trace/summary.ts';
import { EventKind } from '../../../src/trace/types.ts';
import { ContentType } from '../../../src/wire/tls/codes.ts';
import { eventsAt, failuresAt, isClosed, playSecure, sessionOf, statesOf } from './runs.ts';
import { failing, scenarioFor, variants } from './variants.ts';

const sides = ['client', 'server'] as const;

const flowOf = async (...scenario: Parameters<typeof scenarioFor>): Promise<FlowSummary> => {
  const [flow] = summarize(await playSecure(scenarioFor(...scenario))).flows;
  if (!flow) throw new Error('no flow');
  return flow;
};

describe('each handshake', () => {
  it.each(variants)('$name: its messages, its answer, its end', async ({ tls, messages }) => {
    const trace = await playSecure(scenarioFor(tls));
    const session = sessionOf(trace);
    expect(session.messages.map(({ from, message }) => `${from[0] ?? ''} ${message.type}`).join(', ')).toBe(messages);
    const [flow] = summarize(trace).flows;
    expect(trace.requests[0]).toMatchObject({ delivered: 4000 });
    const { connectedMs, securedMs, firstByteMs, completionMs } = flow ?? {};
    const times = [connectedMs, securedMs, flow?.requests[0]?.sentMs, firstByteMs, completionMs];
    expect(times).not.toContain(null);
    expect(times).toEqual([...times].sort((a, b) => Number(a) - Number(b)));
    for (const side of sides) {
      expect(failuresAt(trace, side)).toEqual([]);
      expect(statesOf(trace, side, 'tls').at(-1)).toBe('CLOSED');
      expect(isClosed(statesOf(trace, side, 'tcp').at(-1))).toBe(true);
      // close_notify is the last record of each direction (RFC 8446 §6.1).
      expect(session.records[side].at(-1)?.alert).toEqual([1, 0]);
      expect(session.records[side].filter(({ alert }) => alert !== null)).toHaveLength(1);
    }
    expect(eventsAt(trace, 'client', EventKind.Failed)).toEqual([]);
    expect(trace.end).toBeLessThan(1e9);
  });

  it.each(variants)('$name: $trips round trips to the first byte', async ({ tls, trips }) => {
    // What the hosts' work and the wire cost is the same in both runs: the difference is round trips alone.
    const [near, far] = [await flowOf(tls, { rttMs: 100 }), await flowOf(tls, { rttMs: 200 })];
    const tripsOf = (key: 'connectedMs' | 'securedMs' | 'firstByteMs'): number =>
      ((far[key] ?? NaN) - (near[key] ?? NaN)) / 100;
    expect(tripsOf('connectedMs')).toBeCloseTo(1, 6);
    expect(tripsOf('firstByteMs')).toBeCloseTo(trips, 6);
    // Early data may be sent when TCP stands; whether it was of use shows later.
    expect(tripsOf('securedMs')).toBeCloseTo(tls.resume === '0rtt' ? 1 : trips - 1, 6);
  });
});

describe('each failure', () => {
  it.each(failing)('$name: the alert on the wire, from the right end', async ({ tls, from, alert, late }) => {
    const trace = await playSecure(scenarioFor(tls));
    const to = from === 'client' ? 'server' : 'client';
    const session = sessionOf(trace);
    expect(failuresAt(trace, from)).toEqual([{ alert, fromPeer: false }]);
    expect(failuresAt(trace, to)).toEqual([{ alert, fromPeer: true }]);
    // A fatal alert is the last thing its sender says, and nobody answers it (RFC 8446 §6.2).
    expect(session.records[from].at(-1)?.alert).toEqual([2, alert]);
    expect(session.records[to].every((record) => record.alert === null)).toBe(true);
    expect(trace.requests[0]?.delivered).toBe(0);
    const [flow] = summarize(trace).flows;
    expect([flow?.firstByteMs, flow?.completionMs]).toEqual([null, null]);
    expect(flow?.securedMs === null).toBe(!late);
    const sent = session.records.client.filter(({ type }) => type === ContentType.ApplicationData);
    expect(sent).toHaveLength(late ? 1 : 0);
    for (const side of sides) {
      expect(statesOf(trace, side, 'tls').at(-1)).toBe('FAILED');
      // Both close at once: with FIN, or with RST where the other one's bytes were never read.
      expect(isClosed(statesOf(trace, side, 'tcp').at(-1))).toBe(true);
    }
    expect(trace.end).toBeLessThan(1e9);
  });

  it('a resumed session sends no certificate that could be wrong', async () => {
    for (const fault of ['unknownCa', 'expired', 'wrongName'] as const) {
      const trace = await playSecure(scenarioFor({ version: '1.3', resume: 'psk', fault }));
      expect(failuresAt(trace, 'client')).toEqual([]);
      expect(trace.requests[0]?.delivered).toBe(4000);
    }
  });
});
