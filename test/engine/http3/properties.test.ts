import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from '../../../src/base/rng.ts';
import type { DynamicTable } from '../../../src/wire/hpack/table.ts';
import { requestMessage, responseMessage } from '../../../src/engine/host/http3/messages.ts';
import { holds } from '../support/property.ts';
import type { PairOptions } from '../quic/pair.ts';
import { PageRun, request, settings } from './pages.ts';
import { decode } from './wire.ts';

const pages = fc.record({
  seed: fc.integer({ min: 1, max: 1e9 }),
  loss: fc.double({ min: 0, max: 0.1, noNaN: true }),
  late: fc.double({ min: 0, max: 0.3, noNaN: true }),
  twice: fc.double({ min: 0, max: 0.2, noNaN: true }),
  early: fc.boolean(),
  takesEarly: fc.boolean(),
  wakeNs: fc.constantFrom(0, 40_000),
  client: fc.constantFrom('browser', 'curl', 'ngtcp2', 'picoquic'),
  server: fc.constantFrom('rfc', 'nginx', 'ngtcp2', 'picoquic'),
  close: fc.constantFrom('none', 'client', 'server'),
  resources: fc.array(
    fc.record({
      size: fc.integer({ min: 0, max: 40_000 }),
      asks: fc.constantFrom(0, 0, 0, 3000),
      urgency: fc.integer({ min: 0, max: 7 }),
      incremental: fc.boolean(),
      thinkMs: fc.constantFrom(0, 0, 30),
      atMs: fc.constantFrom(0, 0, 60),
      follows: fc.boolean(),
      path: fc.constantFrom('/a', '/b/a/longer/one', '/c?d=e'),
    }),
    { minLength: 1, maxLength: 24 },
  ),
});
type Example = typeof pages extends fc.Arbitrary<infer T> ? T : never;

const runOf = (page: Example, isTorn: boolean): PageRun => {
  const { seed, loss, late, twice, client, server, close, early, takesEarly, wakeNs, resources } = page;
  const rng = new Rng(seed);
  const fate: PairOptions['fate'] = () => {
    const draw = rng.unit();
    if (draw < loss) return 'lose';
    if (draw < loss + twice) return 'twice';
    return rng.unit() < late ? rng.unit() * 60 : 0;
  };
  const requests = resources.map(({ size, asks, path, follows, ...rest }, i) =>
    request(i, size, {
      ...rest,
      path: `${path}${String(i)}`,
      requestBytes: asks,
      after: follows && i > 0 ? [i - 1] : [],
    }),
  );
  return new PageRun(settings(requests, { client, server, close }), {
    seed,
    ...(isTorn ? { fate } : {}),
    early,
    wakeNs,
    server: { takesEarly },
    closeDelayMs: close === 'none' ? 0 : 500,
  });
};

/** Not the capacity: a new one is told with the next section only. */
const entries = (table: DynamicTable): unknown => ({ inserted: table.inserted, entries: table.snapshot() });

test('whatever the path does: every body is whole, nothing waits in the end, and both ends’ tables are the same', () => {
  holds(pages, 40, (page) => {
    const run = runOf(page, true).run(25_000);
    expect(run.delivered).toEqual(page.resources.map(({ size }) => size));
    for (const completion of run.completions) expect(completion).not.toBeNaN();
    const open = new Set<string>();
    for (const { side, request: i, hold } of run.held)
      if (hold === null) open.delete(`${side} ${String(i)}`);
      else open.add(`${side} ${String(i)}`);
    expect([...open]).toEqual([]);
    const { client, server } = run.both.http;
    expect(entries(server.tables.decoder)).toEqual(entries(client.tables.encoder));
    expect(entries(client.tables.decoder)).toEqual(entries(server.tables.encoder));
    expect([client.active, server.active]).toEqual([0, 0]);
  });
});

test('what is asked and answered stands in the bytes, whatever the path did', () => {
  holds(pages, 25, (page) => {
    const run = runOf(page, true).run(25_000);
    const { log } = run.both;
    const asked = decode(log.client, page.server === 'picoquic' ? 0 : 4096, 128);
    const answered = decode(log.server, { browser: 65_536, curl: 0, ngtcp2: 4096, picoquic: 0 }[page.client], 100);
    for (const unit of log.client) {
      const one = run.requests[unit.request];
      if (!one) continue;
      expect(asked.fields.get(unit.stream)).toEqual(requestMessage(page.client, one));
      expect(asked.bodies.get(unit.stream) ?? 0).toBe(one.requestBytes);
      expect(answered.fields.get(unit.stream)).toEqual(responseMessage(page.server, one.responseBytes));
      expect(answered.bodies.get(unit.stream) ?? 0).toBe(one.responseBytes);
    }
  });
});

test('the same page is the same run', () => {
  holds(pages, 10, (page) => {
    const [a, b] = [runOf(page, true).run(25_000), runOf(page, true).run(25_000)];
    expect(a.both.log).toEqual(b.both.log);
    expect(a.completions).toEqual(b.completions);
    expect(a.held).toEqual(b.held);
  });
});

test('on a clean path no section ever waits', () => {
  holds(pages, 20, (page) => {
    // Without loss and in order, instructions arrive ahead of what needs them.
    expect(runOf(page, false).run(25_000).held).toEqual([]);
  });
});
