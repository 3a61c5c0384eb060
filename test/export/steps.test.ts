import { beforeAll, describe, expect, it } from 'vitest';
import { atOnce, within } from '../../src/base/steps.ts';
import type { Steps } from '../../src/base/steps.ts';
import { alone, paced } from '../../src/export/job.ts';
import { pcapngSteps, writePcapng } from '../../src/format/pcapng/writer.ts';
import { qlogSteps, writeQlog } from '../../src/format/qlog/write/file.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import type { Trace } from '../../src/trace/types.ts';
import { viewOfPreset } from './support.ts';

function* endless(): Steps<never> {
  for (let part = 0; ; part += (1 - part) / 1e9) yield part;
}

/** The parts that a work yields, and what it makes. */
const drive = <T>(steps: Steps<T>): { parts: number[]; value: T } => {
  const parts: number[] = [];
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { parts, value: step.value };
    parts.push(step.value);
  }
};

describe('work in steps', () => {
  it('tells how far it is, and ends where it is told to', async () => {
    const control = new AbortController();
    const parts: number[] = [];
    const work = paced(
      endless(),
      {
        signal: control.signal,
        progress: (part) => {
          parts.push(part);
          if (parts.length === 3) control.abort(new Error('enough'));
        },
      },
      0.5,
      1,
    );
    await expect(work).rejects.toThrow('enough');
    expect(parts).toHaveLength(3);
    expect(parts[0]).toBeGreaterThanOrEqual(0.5);
    expect(parts[2]).toBeGreaterThan(parts[1] as number);
  });

  it('lets others work meanwhile', async () => {
    const control = new AbortController();
    setTimeout(() => {
      control.abort(new Error('somebody else had a turn'));
    }, 0);
    await expect(paced(endless(), { ...alone(), signal: control.signal })).rejects.toThrow('somebody else');
  });

  it('is a share of a larger one', () => {
    function* three(): Steps<string> {
      yield* [0, 0.5, 1];
      return 'done';
    }
    expect(drive(within(three(), 0.2, 0.4))).toEqual({ parts: [0.2, 0.30000000000000004, 0.4], value: 'done' });
    expect(atOnce(three())).toBe('done');
  });
});

describe('files in steps', () => {
  const traces: Trace[] = [];
  beforeAll(async () => {
    for (const name of ['one-lost-segment', 'tls13', 'http3-one-loss', 'http1-six-loss']) {
      const { trace } = await viewOfPreset(name);
      await prepareBytes(trace);
      traces.push(trace);
    }
  });

  it.each([
    ['pcapng of the client', (trace: Trace) => [pcapngSteps(trace), writePcapng(trace)] as const],
    ['pcapng of both ends', (trace: Trace) => [pcapngSteps(trace, 'both'), writePcapng(trace, 'both')] as const],
    ['qlog', (trace: Trace) => [qlogSteps(trace, 'json'), writeQlog(trace, 'json')] as const],
    [
      'qlog of the server, a record each',
      (t: Trace) => [qlogSteps(t, 'seq', 'server'), writeQlog(t, 'seq', 'server')] as const,
    ],
  ])('%s: the same bytes, a step or more for each packet, never backwards', (_, files) => {
    for (const trace of traces) {
      const [steps, atOnce] = files(trace);
      const { parts, value } = drive(steps);
      expect(Buffer.compare(value, atOnce)).toBe(0);
      expect(parts.length).toBeGreaterThanOrEqual(trace.packetCount * 0.9);
      expect(parts.every((part, k) => part >= (parts[k - 1] ?? 0) && part <= 1)).toBe(true);
    }
  });
});
