import { describe, expect, it } from 'vitest';
import { summarize } from '../../src/trace/summary.ts';
import type { Trace } from '../../src/trace/types.ts';
import { story } from './story.ts';

const { trace } = story();

describe('summary', () => {
  it('has the form of the contract', () => {
    const { traceHash, ...rest } = summarize(trace);
    expect(traceHash).toMatch(/^[0-9a-f]{16}$/);
    expect(rest).toEqual({
      roundtrip: 1,
      completionMs: 124.4344,
      flows: [
        {
          name: 'page',
          connectedMs: null,
          securedMs: null,
          firstByteMs: 80.8088,
          completionMs: 124.4344,
          packets: { up: 8, down: 7 },
          data: { up: 1, down: 6 },
          lost: { up: 0, down: 1 },
          retransmitted: { up: 0, down: 1 },
          timeouts: 0,
          probes: 0,
          requests: [
            {
              id: 'all',
              sentMs: 40.148,
              firstByteMs: 80.8088,
              completionMs: 124.4344,
              bytes: 7240,
              blockedMs: 41.6256,
            },
          ],
        },
      ],
    });
  });

  it('counts as blocked only what holds up the request itself', () => {
    const request = trace.requests[0];
    if (!request) throw new Error('the story has a request');
    // Segments 1 and 2, then 3 to 5: all that waits belongs to the second.
    const split: Trace = {
      ...trace,
      requests: [
        { ...request, id: 'one', responseBytes: 2896 },
        { ...request, id: 'two', responseOffset: 2896, responseBytes: 4344 },
      ],
    };
    const [one, two] = summarize(split).flows[0]?.requests ?? [];
    expect([one?.bytes, one?.blockedMs]).toEqual([2896, 0]);
    expect(two?.bytes).toBe(4344);
    expect(two?.blockedMs).toBeCloseTo(41.6256, 6);
  });

  it('takes a captured flow as one request, for its requests are not known; a simulated one without any has none', () => {
    expect(summarize({ ...trace, requests: [] }).flows[0]?.requests).toEqual([]);
    const requests = summarize({ ...trace, source: 'imported', requests: [] }).flows[0]?.requests;
    expect(requests).toEqual([
      { id: 'all', sentMs: 40.148, firstByteMs: 80.8088, completionMs: 124.4344, bytes: 7240, blockedMs: 41.6256 },
    ]);
  });

  it('is null, not an error, for a trace in which nothing happened', () => {
    const empty: Trace = { ...trace, packetCount: 0, deliveryCount: 0, spanCount: 0, eventCount: 0, requests: [] };
    expect(summarize(empty).flows[0]).toMatchObject({
      completionMs: null,
      firstByteMs: null,
      packets: { up: 0, down: 0 },
    });
  });
});
