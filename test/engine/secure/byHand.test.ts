import { describe, expect, it } from 'vitest';
import { summarize } from '../../../src/trace/summary.ts';
import { SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { nodeOf, playSecure } from './runs.ts';
import { scenarioFor } from './variants.ts';

/**
 * Worked out with pencil: the blackboard's TCP (one segment at first, an ACK for each, three duplicates, 1 s of RTO at
 * least), round trip 100 ms, no cost of hosts but 0.1 ms where TLS writes a hello or tickets. TLS 1.3, a request of 100
 * bytes, an answer of 8,000 in one record of 8,022, behind 1,737 bytes of handshake and 574 of tickets.
 *
 *   0     SYN                      100   connected
 *   100.1 ClientHello              150.1 first segment of the server's flight; 250.1 the second (window 1, then 2)
 *   300.1 Finished, request: secured
 *   350.2 two tickets, which fill the window; acknowledged at 450.2
 *   450.2 four segments of the answer, at the client at 500.2; the last two at 550.2 and 600.2
 */
const byHand = (lost: readonly number[]): Promise<Trace> =>
  playSecure(
    scenarioFor(
      { version: '1.3', signMs: 0, verifyMs: 0 },
      { rttMs: 100, mbps: 1_000_000, loss: lost.length > 0 ? [{ dir: 'down', data: [...lost] }] : [] },
      {
        tcp: { profile: 'textbook', turnaroundUs: 0 },
        requests: [{ id: 'all', requestBytes: 100, responseBytes: 8000 }],
      },
    ),
  );

interface Times {
  readonly connected: number;
  readonly secured: number;
  readonly first: number;
  readonly complete: number;
  readonly blocked: number;
}

/** Rounded to 0.1 ms: the wire itself takes some ns. */
const timesOf = (trace: Trace): Times => {
  const flow = summarize(trace).flows[0];
  const round = (ms: number | null | undefined): number => Math.round((ms ?? NaN) * 10) / 10;
  return {
    connected: round(flow?.connectedMs),
    secured: round(flow?.securedMs),
    first: round(flow?.firstByteMs),
    complete: round(flow?.completionMs),
    blocked: round(flow?.requests[0]?.blockedMs),
  };
};

/** From when to when the answer's record lay at the client incomplete, ms. */
const recordWaits = (trace: Trace): [number, number] => {
  const { spans: s } = trace;
  for (let i = 0; i < trace.spanCount; i++) {
    if (s.kind[i] !== SpanKind.Record || s.node[i] !== nodeOf(trace, 'client') || s.b[i] !== 8022) continue;
    return [Math.round((s.start[i] as number) / 1e5) / 10, Math.round((s.end[i] as number) / 1e5) / 10];
  }
  return [NaN, NaN];
};

describe('times of TLS on a lossy path, by hand', () => {
  it('nothing lost', async () => {
    const trace = await byHand([]);
    expect(timesOf(trace)).toEqual({ connected: 100, secured: 300.1, first: 500.2, complete: 600.2, blocked: 0 });
    // Of no use before its last segment, though no byte before it is missing.
    expect(recordWaits(trace)).toEqual([500.2, 600.2]);
  });

  it('the answer’s second segment: the third duplicate ACK leaves at 600.2, the repetition comes at 700.2', async () => {
    const trace = await byHand([6]);
    // Its followers lie there from 500.2 on.
    expect(timesOf(trace)).toEqual({ connected: 100, secured: 300.1, first: 500.2, complete: 700.2, blocked: 200 });
    expect(recordWaits(trace)).toEqual([500.2, 700.2]);
  });

  it('its last segment: one RTO after the last ACK (650.2), and no byte waits for an earlier one', async () => {
    const trace = await byHand([10]);
    expect(timesOf(trace)).toEqual({ connected: 100, secured: 300.1, first: 500.2, complete: 1700.2, blocked: 0 });
    expect(recordWaits(trace)).toEqual([500.2, 1700.2]);
  });

  it('ServerHello: one RTO (150.1 to 1150.1) later all, and the window grows anew', async () => {
    const times = timesOf(await byHand([1]));
    expect(times).toEqual({ connected: 100, secured: 1300.1, first: 1500.2, complete: 1700.2, blocked: 0 });
  });

  it('the answer begins behind its record’s header, and ends with its tag', async () => {
    const trace = await byHand([]);
    const [request] = trace.requests;
    expect([request?.responseOffset, request?.responseBytes, request?.delivered]).toEqual([
      1737 + 574 + 5,
      8000 + 1 + 16, // the content type inside and the tag, without which no byte is of use
      8000,
    ]);
  });
});
