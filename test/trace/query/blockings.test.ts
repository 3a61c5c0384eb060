import { describe, expect, it } from 'vitest';
import { play } from '../../../src/engine/network/layers.ts';
import { validateScenario } from '../../../src/scenario/parse.ts';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { blockedFor, blockings, isBlocked } from '../../../src/trace/query/streams/blockings.ts';
import { lanesOf } from '../../../src/trace/query/streams/lanes.ts';
import { Seen, unionLength, without } from '../../../src/trace/query/streams/ranges.ts';
import { summarize } from '../../../src/trace/summary.ts';
import type { Trace } from '../../../src/trace/types.ts';

type Http = NonNullable<ScenarioInput['flows'][number]['http']>;

const played = async (
  http: Http,
  options: { incremental?: boolean; sizes?: readonly number[]; lost?: number; thinkMs?: number } = {},
): Promise<Trace> => {
  const { incremental = false, sizes = Array<number>(12).fill(20_000), lost, thinkMs = 0 } = options;
  const input = {
    roundtrip: 1,
    path: { rttMs: 80, mbps: 10, ...(lost === undefined ? {} : { loss: [{ dir: 'down', data: [lost] }] }) },
    flows: [
      {
        name: 'page',
        tls: { version: '1.3' },
        http,
        requests: sizes.map((responseBytes, i) => ({
          id: `r${String(i)}`,
          responseBytes,
          after: [],
          incremental,
          thinkMs: i === 0 ? thinkMs : 0,
        })),
      },
    ],
  };
  const valid = validateScenario(input);
  if (!valid.ok) throw new Error(JSON.stringify(valid.problems));
  return play(valid.value);
};

const byOrder = (trace: Trace) => blockings(trace).filter(({ layer }) => layer === 'tcp');

describe('who stands still for whose packet', () => {
  it('HTTP/2, answers in turns: all twelve streams wait for one packet, which carries bytes of few', async () => {
    const trace = await played({ version: '2' }, { incremental: true, lost: 60 });
    const found = byOrder(trace);
    expect(new Set(found.map(({ request }) => request)).size).toBe(12);
    expect(new Set(found.map(({ packet }) => packet)).size).toBe(1);
    const [{ culprits } = { culprits: [] }] = found;
    expect(culprits.length).toBeGreaterThan(0);
    expect(culprits.length).toBeLessThanOrEqual(2);
    expect(found.filter(({ own }) => own).map(({ request }) => request)).toEqual(culprits);
  });

  it('HTTP/1.1 over six connections: only what is on the packet’s own connection waits', async () => {
    const trace = await played({ version: '1.1', connections: 6 }, { lost: 60 });
    const found = byOrder(trace);
    const flow = trace.packets.flow[found[0]?.packet ?? -1];
    expect(found.length).toBeGreaterThan(0);
    for (const { request } of found) expect(trace.requests[request]?.flow).toBe(flow);
    expect(new Set(found.map(({ request }) => request)).size).toBe(1);
  });

  it('without a loss nobody waits for TCP, and with six connections the others wait for a free one', async () => {
    const trace = await played({ version: '1.1', connections: 6 });
    expect(byOrder(trace)).toEqual([]);
    const queued = blockings(trace).filter(({ layer }) => layer === 'connection');
    expect(new Set(queued.map(({ request }) => request)).size).toBeGreaterThanOrEqual(6);
  });

  it('is as long as the summary says, request by request', async () => {
    for (const http of [{ version: '2' }, { version: '1.1', connections: 6 }] as const) {
      const trace = await played(http, { lost: 40, incremental: true });
      const known = summarize(trace).flows[0]?.requests ?? [];
      known.forEach(({ blockedMs }, request) => {
        const mine = byOrder(trace).filter((one) => one.request === request);
        expect(blockedFor(mine, 'tcp') / 1e6).toBeCloseTo(blockedMs, 6);
      });
      expect(known.some(({ blockedMs }) => blockedMs > 0)).toBe(true);
    }
  });

  it('pipelined answers that are ready wait for the one before: response order', async () => {
    const slow = { sizes: [2000, 2000, 2000], thinkMs: 300 };
    const trace = await played({ version: '1.1', connections: 1, pipelining: 12 }, slow);
    const waiting = blockings(trace).filter(({ layer }) => layer === 'order');
    expect(waiting.map(({ request, culprits }) => [request, culprits])).toEqual([
      [1, [0]],
      [2, [1]],
    ]);
    for (const { start, end } of waiting) expect((end - start) / 1e6).toBeGreaterThan(290);
  });

  it('a stream whose window is small waits for flow control, not for TCP', async () => {
    const trace = await played({ version: '2', streamWindow: 16_384 }, { sizes: [200_000, 2000] });
    expect(byOrder(trace)).toEqual([]);
    expect(blockedFor(blockings(trace), 'flow')).toBeGreaterThan(0);
    expect(
      blockings(trace)
        .filter(({ layer }) => layer === 'flow')
        .every(({ request }) => request === 0),
    ).toBe(true);
  });

  it('a record’s bytes wait for its last one; what TCP held back is not counted twice', async () => {
    const trace = await played({ version: '2' }, { lost: 40 });
    const list = blockings(trace);
    for (const record of list.filter(({ layer }) => layer === 'tls'))
      for (const order of list.filter((one) => one.layer === 'tcp' && one.request === record.request && isBlocked(one)))
        expect(Math.min(record.end, order.end) - Math.max(record.start, order.start)).toBeLessThanOrEqual(0);
    expect(blockedFor(list, 'tls')).toBeGreaterThan(0);
  });
});

describe('a lane', () => {
  it('has all its bytes, first at the client, then with HTTP', async () => {
    for (const version of ['1.1', '2'] as const) {
      const trace = await played({ version }, { lost: 30, incremental: true });
      for (const { bytes, arrived, delivered, packets } of lanesOf(trace)) {
        expect(arrived.value.at(-1)).toBe(bytes);
        expect(delivered.value.at(-1)).toBe(bytes);
        expect(packets.length).toBe(arrived.time.length);
        delivered.time.forEach((time, k) => {
          const step = arrived.value.findIndex((value) => value >= (delivered.value[k] ?? 0));
          expect(arrived.time[step]).toBeLessThanOrEqual(time);
        });
      }
    }
  });
});

describe('bytes that were seen', () => {
  it('count once, whatever comes twice or out of order', () => {
    const seen = new Seen();
    expect(seen.add(10, 20)).toEqual([{ from: 10, to: 20 }]);
    expect(seen.add(30, 40)).toEqual([{ from: 30, to: 40 }]);
    expect(seen.add(15, 35)).toEqual([{ from: 20, to: 30 }]);
    expect(seen.add(0, 50)).toEqual([
      { from: 0, to: 10 },
      { from: 40, to: 50 },
    ]);
    expect(seen.add(0, 50)).toEqual([]);
  });

  it('stretches of time: union and difference', () => {
    expect(
      unionLength([
        [5, 10],
        [0, 6],
        [20, 21],
      ]),
    ).toBe(11);
    expect(
      without(0, 10, [
        [2, 4],
        [3, 6],
        [9, 20],
      ]),
    ).toEqual([
      [0, 2],
      [6, 9],
    ]);
  });
});
