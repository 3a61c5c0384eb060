import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { CauseKind, Fate, NONE } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { dataDown, download, rows, simulate } from '../support/scenarios.ts';

type Touches = NonNullable<NonNullable<ScenarioInput['path']>['touched']>;
const touched = (...list: Touches): Trace => simulate(download(100_000, { touched: list }));
const page = { flow: 'page', dir: 'down' } as const;

describe('what a hand does to single packets', () => {
  it('drops: the link is used, the packet dies, and is sent again', () => {
    const trace = touched({ ...page, offset: 14_480, drop: true });
    const { packets: p } = trace;
    const copies = dataDown(trace).filter((row) => p.offset[row] === 14_480);
    expect(copies.map((row) => p.fate[row])).toEqual([Fate.Touched, Fate.Delivered]);
    expect(copies.map((row) => p.nth[row])).toEqual([1, 2]);
    expect(p.retransmissionOf[copies[1] ?? 0]).toBe(copies[0]);
  });

  it('an entry that names no packet of the run is told, with its place; the others are done', () => {
    const known = { ...page, offset: 14_480, drop: true };
    const trace = touched(
      known,
      { ...page, offset: 14_481, drop: true },
      { ...page, dir: 'up', kind: 'ack', ackOf: 7, delayMs: 1 },
    );
    expect(trace.warnings).toEqual([
      'path.touched[1] (page, down, offset 14481, nth 1) names no packet of this run, and has no effect.',
      'path.touched[2] (page, up, ack of 7, nth 1) names no packet of this run, and has no effect.',
    ]);
    expect(touched(known).warnings).toEqual([]);
    expect(dataDown(trace).filter((row) => trace.packets.fate[row] === Fate.Touched)).toHaveLength(1);
  });

  it('drops the retransmission as well, where that is named', () => {
    const trace = touched({ ...page, offset: 14_480, drop: true }, { ...page, offset: 14_480, nth: 2, drop: true });
    const fates = dataDown(trace)
      .filter((row) => trace.packets.offset[row] === 14_480)
      .map((row) => trace.packets.fate[row]);
    expect(fates).toEqual([Fate.Touched, Fate.Touched, Fate.Delivered]);
  });

  it('delays: it arrives that much later and is overtaken', () => {
    const [before, after] = [touched(), touched({ ...page, offset: 14_480, delayMs: 7.5 })];
    const arrival = (trace: Trace): number => {
      const row = dataDown(trace).find((i) => trace.packets.offset[i] === 14_480) ?? 0;
      return (trace.packets.arrived[row] ?? 0) - (trace.packets.sent[row] ?? 0);
    };
    expect(arrival(after) - arrival(before)).toBe(7.5e6);
  });

  it('duplicates: a row of its own, at the same instant, caused by the first; the bytes are delivered once', () => {
    const trace = touched({ ...page, offset: 14_480, duplicate: true });
    const { packets: p } = trace;
    const [first, twin] = dataDown(trace).filter((row) => p.offset[row] === 14_480);
    expect([p.sent[twin ?? 0], p.arrived[twin ?? 0], p.fate[twin ?? 0]]).toEqual([
      p.sent[first ?? 0],
      p.arrived[first ?? 0],
      Fate.Delivered,
    ]);
    expect([p.causeKind[twin ?? 0], p.cause[twin ?? 0]]).toEqual([CauseKind.Sent, first]);
    expect([p.nth[first ?? 0], p.nth[twin ?? 0]]).toEqual([1, 2]);
    const bytes = trace.deliveries.bytes.slice(0, trace.deliveryCount).filter((_, i) => trace.deliveries.node[i] === 0);
    expect(bytes.reduce((a, b) => a + b, 0)).toBe(100_000);
  });

  it.each([
    ['the SYN', { flow: 'page', dir: 'up', kind: 'syn', drop: true }],
    ['the SYN-ACK', { flow: 'page', dir: 'down', kind: 'syn', drop: true }],
    ['the request', { flow: 'page', dir: 'up', offset: 0, drop: true }],
    ['the FIN of the server', { flow: 'page', dir: 'down', kind: 'fin', drop: true }],
  ] as const)('finds %s by its kind', (_, touch) => {
    const trace = simulate({
      ...download(10_000, { touched: [{ ...touch }] }),
      flows: [
        { name: 'page', requests: [{ requestBytes: 100, responseBytes: 10_000 }], close: 'server', closeDelayMs: 300 },
      ],
    });
    const dead = rows(trace, (i) => trace.packets.fate[i] === Fate.Touched);
    expect(dead).toHaveLength(1);
    expect(trace.requests[0]?.completion).not.toBeNull();
  });

  it('finds a pure ACK by what it acknowledges and by its number', () => {
    const before = touched();
    const { packets: p } = before;
    const isn = before.flows[0]?.server.isn ?? 0;
    const acks = rows(before, (i) => p.link[i] === 0 && p.kind[i] === 1 && (p.payload[i] ?? 0) === 0);
    const row = acks[20] ?? 0;
    const ackOf = ((p.ack[row] ?? 0) - isn - 1) >>> 0;
    const after = touched({ flow: 'page', dir: 'up', kind: 'ack', ackOf, nth: p.nth[row] ?? 1, drop: true });
    expect(rows(after, (i) => after.packets.fate[i] === Fate.Touched)).toEqual([row]);
  });

  it('nothing happens where no packet has the identity', () => {
    const trace = touched({ ...page, offset: 14_481, drop: true });
    expect(rows(trace, (i) => trace.packets.fate[i] === Fate.Touched)).toEqual([]);
    expect(rows(trace, (i) => trace.packets.retransmissionOf[i] !== NONE)).toEqual([]);
  });
});
