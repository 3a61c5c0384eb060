import { describe, expect, it } from 'vitest';
import { summarize } from '../../src/trace/summary.ts';
import { culprit, why } from '../../src/trace/causes.ts';
import { effects } from '../../src/trace/effects.ts';
import { EventKind, Fate, SpanKind } from '../../src/trace/types.ts';
import { dataDown, dataUp, download, retransmissions, rows, simulate } from '../engine/support/scenarios.ts';

const lost = simulate(download(1_000_000, { rttMs: 40, mbps: 20, loss: [{ dir: 'down', data: [30] }] }));
const { packets: p, spans: s } = lost;
const dead = rows(lost, (i) => p.fate[i] === Fate.LostOnWire);
const repair = retransmissions(lost);

describe('one lost segment, told by its trace', () => {
  it('one packet is lost, one is sent again, and each leads to the other', () => {
    expect([dead.length, repair.length]).toEqual([1, 1]);
    expect(culprit(lost, repair[0] ?? 0)).toEqual({ kind: 'lost', packet: dead[0] });
  });

  it('why: sent, lost, an arrival behind the hole, its ACK, the loss found, sent again, and all is delivered', () => {
    const steps = why(lost, repair[0] ?? 0);
    const story = steps.map((step) => (step.what === 'event' ? `event ${lost.events.kind[step.event]}` : step.what));
    expect(story.slice(0, 2)).toEqual(['sent', 'lost']);
    expect(story).toContain(`event ${EventKind.LossDetected}`);
    expect(story[story.length - 1]).toBe('delivered');
    expect(steps.filter((step) => step.what === 'sent' && step.packet === repair[0])).toHaveLength(1);
  });

  it('what followed names the repair and the bytes that waited', () => {
    const followed = effects(lost, dead[0] ?? 0);
    expect(followed.some((step) => step.what === 'blocked')).toBe(true);
    expect(followed.some((step) => step.what === 'sent' && step.packet === repair[0])).toBe(true);
  });

  it('bytes wait for the hole from the next arrival on, until the repair is there', () => {
    const blocked = Array.from({ length: lost.spanCount }, (_, i) => i).filter((i) => s.kind[i] === SpanKind.Blocked);
    expect(blocked).toHaveLength(1);
    const [span = 0] = blocked;
    expect([s.packet[span], s.a[span]]).toEqual([dead[0], p.offset[dead[0] ?? 0]]);
    const next = dataDown(lost).find((row) => row > (dead[0] ?? 0)) ?? 0;
    const turnaround = 12_000;
    expect(s.start[span]).toBe((p.arrived[next] ?? 0) + turnaround);
    expect(s.end[span]).toBe((p.arrived[repair[0] ?? 0] ?? 0) + turnaround);
  });
});

describe('the summary', () => {
  const summary = summarize(lost).flows[0];

  it('counts what went each way', () => {
    expect(summary?.data).toEqual({ up: dataUp(lost).length, down: dataDown(lost).length });
    expect(summary?.lost).toEqual({ up: 0, down: 1 });
    expect(summary?.retransmitted).toEqual({ up: 0, down: 1 });
    expect([summary?.timeouts, summary?.probes]).toEqual([0, 0]);
    expect((summary?.packets.up ?? 0) + (summary?.packets.down ?? 0)).toBe(lost.packetCount);
  });

  it('the client may send after one round trip', () => {
    expect(summary?.connectedMs).toBeGreaterThan(40);
    expect(summary?.connectedMs).toBeLessThan(40.2);
  });

  it('first byte and completion are arrivals at the client, not when its application reads (CONTRACT.md)', () => {
    const slow = simulate(download(60_000, { rttMs: 40 }, { read: { pauseMs: 1000 } }));
    const arrivals = dataDown(slow).map((row) => (slow.packets.arrived[row] ?? 0) / 1e6);
    const flow = summarize(slow).flows[0];
    expect(flow?.firstByteMs).toBeCloseTo(Math.min(...arrivals), 1);
    expect(flow?.completionMs).toBeCloseTo(Math.max(...arrivals), 1);
  });

  it('the time that bytes were blocked is the length of the wait', () => {
    const [span = 0] = Array.from({ length: lost.spanCount }, (_, i) => i).filter(
      (i) => s.kind[i] === SpanKind.Blocked,
    );
    expect(summary?.requests[0]?.blockedMs).toBeCloseTo(((s.end[span] ?? 0) - (s.start[span] ?? 0)) / 1e6, 6);
    expect(summary?.requests[0]?.bytes).toBe(1_000_000);
  });

  it('times count from the first packet of the run', () => {
    const late = simulate(download(1000, {}, { startMs: 500 }));
    expect(summarize(late).flows[0]?.connectedMs).toBeLessThan(41);
  });

  it('a SYN that timed out is a timeout and no retransmission of payload', () => {
    const flow = summarize(simulate(download(1000, { loss: [{ dir: 'up', packets: [1] }] }))).flows[0];
    expect([flow?.timeouts, flow?.retransmitted]).toEqual([1, { up: 0, down: 0 }]);
  });
});
