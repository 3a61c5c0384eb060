import { describe, expect, it } from 'vitest';
import { METRIC_NAMES } from '../../../src/engine/protocol/metrics.ts';
import { Cause, Failure, Happening, NONE, Proof } from '../../../src/engine/protocol/tcp/ids.ts';
import { Flag } from '../../../src/engine/protocol/tcp/segment.ts';
import { CauseKind, EventKind, FailureKind, LossProof, NONE as TRACE_NONE, TcpFlag } from '../../../src/trace/types.ts';
import { simulate, download } from '../support/scenarios.ts';

/** The protocol rooms may not import the trace; its numbers are written twice, and here held together. */
describe('numbers that are written twice', () => {
  it('are the same', () => {
    expect(NONE).toBe(TRACE_NONE);
    expect(Cause).toEqual(CauseKind);
    // TLS has happenings of its own beside TCP's.
    expect(EventKind).toMatchObject(Happening);
    expect(Failure).toEqual(FailureKind);
    expect(LossProof).toMatchObject(Proof);
    expect(Flag).toEqual(TcpFlag);
  });

  it('a run’s series have the names of the metrics', () => {
    const trace = simulate(download(100_000, { loss: [{ dir: 'down', data: [20] }] }));
    const names = new Set<string>(METRIC_NAMES);
    expect(trace.series.length).toBeGreaterThan(5);
    for (const series of trace.series) expect(names).toContain(series.name);
  });
});
