import { describe, expect, test } from 'vitest';
import { ErrorCode } from '../../../src/wire/http3/codes.ts';
import { PageRun, request, settings, TWELVE } from './pages.ts';

const big = (i: number, changes = {}): ReturnType<typeof request> => request(i, 60_000, changes);

test('twelve resources arrive whole, in the order in which they were asked for', () => {
  const run = new PageRun(settings(TWELVE.map((size, i) => request(i, size)))).run();
  expect(run.delivered).toEqual([...TWELVE]);
  expect(run.order).toEqual(TWELVE.map((_, i) => i));
});

test('a stream goes through the states of RFC 9000 §3.4 at both ends', () => {
  const run = new PageRun(settings([request(0, 3000)])).run();
  expect(run.states.server).toEqual(['0 open', '0 half-closed (remote)', '0 closed']);
  // The last of the answer is there before the request is acknowledged, or after it.
  expect(run.states.client[0]).toBe('0 open');
  expect(run.states.client.at(-1)).toBe('0 closed');
});

describe('priorities (RFC 9218)', () => {
  test('the most urgent answer comes first, though asked for last', () => {
    // Asked for a moment later: a page sends the most urgent of what it wants at one instant first, anyway.
    const requests = [
      big(0, { urgency: 5 }),
      big(1, { urgency: 5 }),
      big(2, { urgency: 0, atMs: 5 }),
      big(3, { urgency: 5 }),
    ];
    const run = new PageRun(settings(requests), { delayMs: 20 }).run();
    expect(run.order).toEqual([2, 0, 1, 3]);
  });

  test('a server that knows no priorities gives each its turn: they end together', () => {
    const requests = [big(0, { urgency: 5 }), big(1, { urgency: 5 }), big(2, { urgency: 0, atMs: 5 })];
    const lead = (server: 'rfc' | 'nginx'): number => {
      const [first = 0, second = 0, urgent = 0] = new PageRun(settings(requests, { server })).run().completions;
      return Math.min(first, second) - urgent;
    };
    expect(lead('rfc')).toBeGreaterThan(50);
    expect(Math.abs(lead('nginx'))).toBeLessThan(10);
  });

  test.each([
    [false, 1],
    [true, 30],
  ])('incremental %s: the wire changes from one answer to the other at least %i times', (incremental, times) => {
    const run = new PageRun(settings([big(0, { incremental }), big(1, { incremental })])).run();
    const order = run
      .sent('server')
      .flatMap(({ streams }) => streams)
      .filter((stream) => stream % 4 === 0);
    const changes = order.filter((stream, i) => i > 0 && stream !== order[i - 1]).length;
    expect(changes).toBeGreaterThanOrEqual(times);
    if (!incremental) expect(changes).toBe(1);
  });
});

test('what follows from an answer is asked for when that is whole, and a server takes its time to think', () => {
  const requests = [request(0, 5000), request(1, 5000, { after: [0], delayMs: 7 }), request(2, 100, { thinkMs: 300 })];
  const run = new PageRun(settings(requests), { delayMs: 40 }).run();
  const [first, second, third] = run.flow.page.progress;
  expect(second?.sent).toBe((first?.completion ?? 0) + 7e6);
  expect((third?.completion ?? 0) - (third?.sent ?? 0)).toBeGreaterThanOrEqual(380e6);
  expect(run.delivered).toEqual([5000, 5000, 100]);
});

test('both ends act so long after they hear as they are said to', () => {
  const run = new PageRun(settings([request(0, 1000)]), { wakeNs: 1_000_000 }).run();
  expect(run.flow.page.progress[0]?.sent).toBe(run.pair.at('client', 'writable') + 1_000_000);
  const asked = run.pair.heard.server.find((one) => one.type === 'readable' && one.stream === 0)?.at ?? 0;
  const n = run.sent('server').find(({ streams }) => streams.includes(0))?.n;
  const answered = run.pair.crossings.find((one) => one.from === 'server' && one.n === n)?.sentAt;
  expect(answered).toBe(asked + 1_000_000);
});

test('more requests than the server lets in: the rest wait their turn', () => {
  const run = new PageRun(
    settings(
      Array.from({ length: 9 }, (_, i) => request(i, 2000)),
      { maxStreams: 2 },
    ),
  ).run();
  expect(run.delivered).toEqual(Array.from({ length: 9 }, () => 2000));
  const opened = run.states.client.map((state) => (state.endsWith(' open') ? 1 : state.endsWith(' closed') ? -1 : 0));
  let open = 0;
  for (const step of opened) {
    open += step;
    expect(open).toBeLessThanOrEqual(2);
  }
});

describe('a request that is given up', () => {
  const requests = [request(0, 400_000, { cancelMs: 150 }), request(1, 40_000)];
  const run = new PageRun(settings(requests), { mbps: 5 }).run();
  const frames = run.pair.crossings.flatMap(({ from, datagram }) =>
    datagram.packets.flatMap((packet) => (packet.kind === 'frames' ? packet.frames.map((f) => ({ from, ...f })) : [])),
  );

  test('is reset by STOP_SENDING, and the server resets its part (RFC 9114 §4.1.1)', () => {
    const code = ErrorCode.RequestCancelled;
    expect(frames).toContainEqual(expect.objectContaining({ from: 'client', kind: 'stopSending', stream: 0, code }));
    expect(frames).toContainEqual(expect.objectContaining({ from: 'server', kind: 'resetStream', stream: 0, code }));
    expect(run.states.client).toContain('0 closed');
    expect(run.states.server).toContain('0 closed');
  });

  test('stops nobody else, and costs less than its bytes', () => {
    expect(run.delivered[1]).toBe(40_000);
    expect(run.delivered[0]).toBeLessThan(400_000);
    expect(run.flow.page.progress[0]?.completion).toBeNaN();
  });

  test('is told to the peer’s encoder (RFC 9204 §2.2.2.2)', () => {
    const cancel = String.fromCharCode(0x40); // stream 0
    expect(run.both.log.client.filter(({ stream, head }) => stream === 10 && head === cancel)).toHaveLength(1);
  });
});

describe('the end', () => {
  const goAways = (run: PageRun, side: 'client' | 'server'): string[] =>
    run.both.log[side].filter(({ kind, type }) => kind === 'frame' && type === 7).map(({ head }) => head);
  const closed = (run: PageRun, side: 'client' | 'server'): unknown =>
    run.pair.heard[side].find(({ type }) => type === 'closed');
  const closeFrame = (run: PageRun): unknown =>
    run.pair.crossings
      .flatMap(({ from, sentAt, datagram }) =>
        datagram.packets.flatMap((packet) =>
          packet.kind === 'frames' ? packet.frames.map((f) => ({ from, sentAt, ...f })) : [],
        ),
      )
      .find(({ kind }) => kind === 'connectionClose');
  const two = [request(0, 30_000), request(1, 4000, { after: [0] })];

  test('the server takes leave behind the second request, once all is acknowledged', () => {
    const run = new PageRun(settings(two, { close: 'server' }), { closeDelayMs: 50 }).run();
    expect(goAways(run, 'server')).toEqual(['\x07\x01\x08']); // stream 8 would be the next (RFC 9114 §5.2)
    expect(run.delivered).toEqual([30_000, 4000]);
    expect(closeFrame(run)).toMatchObject({ from: 'server', code: ErrorCode.NoError, frameType: null });
    expect(closed(run, 'client')).toMatchObject({ by: 'peer' });
    const last = run.flow.page.progress[1]?.completion ?? 0;
    expect((closeFrame(run) as { sentAt: number }).sentAt).toBeGreaterThanOrEqual(last + 50e6);
  });

  test('GOAWAY leaves ahead of a close that follows at once', () => {
    const run = new PageRun(settings(two, { close: 'server' })).run();
    const heard = run.both.client;
    expect(heard.isAlive).toBe(false);
    expect(run.pair.got('client', 3).bytes).toBe(
      run.both.log.server.filter(({ stream }) => stream === 3).reduce((sum, { head }) => sum + head.length, 0),
    );
  });

  test('a browser says GOAWAY, ngtcp2’s client does not: both close without an error', () => {
    for (const [client, count] of [
      ['browser', 1],
      ['ngtcp2', 0],
    ] as const) {
      const run = new PageRun(settings(two, { close: 'client', client })).run();
      expect(goAways(run, 'client')).toHaveLength(count);
      expect(closeFrame(run)).toMatchObject({ from: 'client', code: ErrorCode.NoError, frameType: null });
      expect(closed(run, 'server')).toMatchObject({ by: 'peer' });
    }
  });

  test('nobody closes: silence does, in its time', () => {
    const run = new PageRun(settings(two)).run(60_000);
    expect(closed(run, 'client')).toMatchObject({ by: 'idle' });
    expect(closeFrame(run)).toBeUndefined();
  });

  test('a close in anger says nothing before it', () => {
    const run = new PageRun(settings(two, { close: 'reset' })).run();
    expect(goAways(run, 'client')).toEqual([]);
    expect(closeFrame(run)).toMatchObject({ from: 'client', code: ErrorCode.InternalError });
  });
});
