import { describe, expect, test } from 'vitest';
import { PageRun, request, settings, TWELVE } from './pages.ts';

const twelve = settings(TWELVE.map((size, i) => request(i, size)));

describe('one loss among twelve answers', () => {
  const whole = new PageRun(twelve).run();
  const middle = whole.sent('server').filter(({ streams }) => streams.length === 1 && streams[0] === 8)[40];
  const run = new PageRun(twelve, { lose: { server: [middle?.n ?? 0] } }).run();

  test('only the stream that lost bytes stands still', () => {
    expect([...run.pair.stalled]).toEqual([8]);
    expect(run.held).toEqual([]);
    expect(run.delivered).toEqual([...TWELVE]);
  });

  test('the answers before it come as they did, the one that lost later', () => {
    for (const i of [0, 1]) expect(run.completions[i]).toBe(whole.completions[i]);
    expect(run.completions[2]).toBeGreaterThan((whole.completions[2] ?? 0) + 20);
  });
});

describe('QPACK’s table', () => {
  const small = (client: 'browser' | 'curl'): ReturnType<typeof settings> =>
    settings(
      Array.from({ length: 12 }, (_, i) => request(i, 500)),
      { client },
    );
  /** The server's datagram that brings entries, and its ordinal. */
  const inserting = (run: PageRun): number =>
    run.sent('server').find(({ streams }) => streams.includes(7) && streams.includes(0))?.n ?? 0;

  test('nothing waits for it where nothing is lost', () => {
    expect(new PageRun(small('browser')).run().held).toEqual([]);
  });

  test('its entries are lost: answers that have arrived wait for them, and say so', () => {
    const n = inserting(new PageRun(small('browser')).run());
    const run = new PageRun(small('browser'), { lose: { server: [n] } }).run();
    const again = run.sent('server').find(({ n: m, streams }) => m > n && streams.includes(7));
    // Answer 0 lost bytes of its own; all others are there, and none can be read.
    expect([...run.pair.stalled]).toEqual([0]);
    const began = run.held.filter(({ hold }) => hold !== null);
    expect(began.map(({ request: i }) => i)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    for (const one of began) expect(one).toMatchObject({ side: 'client', hold: 'QPACK table' });
    const ended = run.held.filter(({ hold }) => hold === null);
    expect(ended.map(({ request: i }) => i)).toEqual(began.map(({ request: i }) => i));
    for (const { at } of ended) expect(at / 1e6).toBe(again?.arrivesAt);
    for (const i of [1, 11]) expect(run.completions[i]).toBe(again?.arrivesAt);
    expect(run.delivered).toEqual(Array.from({ length: 12 }, () => 500));
  });

  test('what waits is not read, so that the peer’s window does not move (RFC 9204 §2.1.2)', () => {
    const n = inserting(new PageRun(small('browser')).run());
    const run = new PageRun(small('browser'), { lose: { server: [n] } });
    run.run(200);
    const { core } = run.pair.ends.client;
    expect(core.streams.get(4)).toMatchObject({ consumed: 0 });
    expect(core.streams.get(4)?.in.isWhole).toBe(true);
    run.run();
    expect(core.streams.get(4)?.consumed).toBe(core.streams.get(4)?.in.finalSize);
  });

  test('a client that allows no table waits for nothing but its own bytes', () => {
    const n = inserting(new PageRun(small('browser')).run());
    const run = new PageRun(small('curl'), { lose: { server: [n] } }).run();
    expect(run.held).toEqual([]);
    expect(run.delivered).toEqual(Array.from({ length: 12 }, () => 500));
    const whole = new PageRun(small('curl')).run();
    expect(run.completions.filter((at, i) => at > (whole.completions[i] ?? 0) + 1).length).toBeLessThan(4);
  });

  test('the same at the server: requests wait where the client’s entries are lost', () => {
    // Two datagrams of requests: the first has the entries.
    const requests = Array.from({ length: 60 }, (_, i) =>
      request(i, 100, { path: `/a/path/that/is/somewhat/long/${String(i)}.bin` }),
    );
    const plain = new PageRun(settings(requests)).run();
    const first = plain.sent('client').find(({ streams }) => streams.includes(6))?.n ?? 0;
    const run = new PageRun(settings(requests), { lose: { client: [first] } }).run();
    const waited = run.held.filter(({ hold }) => hold === 'QPACK table');
    expect(waited.length).toBeGreaterThan(10);
    for (const one of waited) expect(one.side).toBe('server');
    expect(run.delivered).toEqual(requests.map(() => 100));
  });

  test('a stream that waits is given up: nobody waits for it any more', () => {
    const n = inserting(new PageRun(small('browser')).run());
    const requests = small('browser').requests.map((one, i) => (i === 3 ? { ...one, cancelMs: 100 } : one));
    const run = new PageRun(settings(requests), { lose: { server: [n] } }).run();
    const of3 = run.held.filter(({ request: i }) => i === 3);
    expect(of3.map(({ hold }) => hold)).toEqual(['QPACK table', null]);
    expect(((of3[1]?.at ?? 0) - (run.flow.page.progress[3]?.sent ?? 0)) / 1e6).toBe(100);
    expect(run.delivered.filter((bytes) => bytes === 500)).toHaveLength(11);
  });
});
