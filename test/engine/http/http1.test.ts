import { describe, expect, test } from 'vitest';
import { summarize } from '../../../src/trace/summary.ts';
import { Fate } from '../../../src/trace/types.ts';
import { finished, heldOf, httpOf, playHttp, requestOf, said, sized } from './runs.ts';

const path = { rttMs: 40, mbps: 20 };
const ms = (time: number | null): number => (time ?? NaN) / 1e6;

describe('HTTP/1.1', () => {
  test('one connection: each request waits for the answer before it', async () => {
    const trace = await playHttp({ http: { version: '1.1', connections: 1 }, requests: sized(2000, 3000, 1000) }, path);
    expect(trace.flows.map(({ name }) => name)).toEqual(['page']);
    expect(httpOf(trace).client.map(said)).toEqual(['GET / HTTP/1.1', 'GET /r2 HTTP/1.1', 'GET /r3 HTTP/1.1']);
    expect(httpOf(trace).server.map((unit) => [said(unit), unit.body])).toEqual([
      ['HTTP/1.1 200 OK', 2000],
      ['HTTP/1.1 200 OK', 3000],
      ['HTTP/1.1 200 OK', 1000],
    ]);
    const [one, two] = [requestOf(trace, 'r1'), requestOf(trace, 'r2')];
    expect(two.sent).toBeGreaterThan(one.completion ?? Infinity);
    // TCP's round trip, and one for each request: 40 + 3 · 40 and the time on the wire.
    expect(summarize(trace).completionMs).toBeGreaterThan(160);
    expect(summarize(trace).completionMs).toBeLessThan(165);
  });

  test('six connections are opened as requests need them; their packets are one flow in the summary', async () => {
    const trace = await playHttp(
      { http: { version: '1.1' }, requests: sized(1000, 1000, 1000, 1000, 1000, 1000, 1000) },
      path,
    );
    expect(trace.flows.map(({ name, group }) => [name, group])).toEqual([
      ['page', 0],
      ['page 2', 0],
      ['page 3', 0],
      ['page 4', 0],
      ['page 5', 0],
      ['page 6', 0],
    ]);
    const summary = summarize(trace);
    expect(summary.flows.map(({ name }) => name)).toEqual(['page']);
    expect(summary.flows[0]?.requests.map(({ id, bytes }) => [id, bytes])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((i) => [`r${String(i)}`, 1000]),
    );
    expect(summary.flows[0]?.packets.up).toBe(
      Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => trace.packets.link[i] === 0).length,
    );
    // The first six waited for their connections, the seventh for the first answer.
    expect(heldOf(trace).filter(({ label }) => label === 'connecting')).toHaveLength(7);
    expect(heldOf(trace).filter(({ a, label }) => a === 6 && label === 'no free connection')).toHaveLength(1);
    expect(new Set(trace.requests.map(({ flow }) => flow)).size).toBe(6);
  });

  test('two requests open two connections, not six', async () => {
    const trace = await playHttp({ http: { version: '1.1' }, requests: sized(1000, 1000) }, path);
    expect(trace.flows).toHaveLength(2);
  });

  test('pipelined answers leave in the order of the requests: the quick one waits for the slow one', async () => {
    const requests = [
      { id: 'slow', responseBytes: 1000, thinkMs: 300 },
      { id: 'quick', responseBytes: 1000 },
    ];
    const trace = await playHttp({ http: { version: '1.1', connections: 1, pipelining: 4 }, requests }, path);
    expect(finished(trace)).toEqual(['slow', 'quick']);
    const held = heldOf(trace).find(({ label }) => label === 'response order');
    expect(held?.a).toBe(1);
    expect((held?.end ?? 0) - (held?.start ?? 0)).toBeCloseTo(300, 0);
    expect(ms(requestOf(trace, 'quick').completion)).toBeGreaterThan(380);
    // Both had gone before the first answer came.
    expect(ms(requestOf(trace, 'quick').sent)).toBeLessThan(45);
  });

  test('1.0 closes behind each answer and asks on a new connection; asked for, it keeps the connection', async () => {
    const requests = sized(1000, 1000, 1000);
    const closing = await playHttp({ http: { version: '1.0', connections: 1 }, requests }, path);
    expect(closing.flows).toHaveLength(3);
    expect(closing.flows.map(({ http }) => http?.client.length)).toEqual([1, 1, 1]);
    expect(httpOf(closing).server[0]?.head).toContain('Connection: close\r\n');
    expect(finished(closing)).toEqual(['r1', 'r2', 'r3']);
    const kept = await playHttp({ http: { version: '1.0', connections: 1, keepAlive: true }, requests }, path);
    expect(kept.flows).toHaveLength(1);
    expect(httpOf(kept).client[0]?.head).toContain('Connection: keep-alive\r\n');
    expect(summarize(kept).completionMs).toBeLessThan((summarize(closing).completionMs ?? 0) - 75);
  });

  test('chunks say their sizes and end with an empty one', async () => {
    const trace = await playHttp({ http: { version: '1.1', chunkBytes: 4000 }, requests: sized(10_000) }, path);
    expect(httpOf(trace).server.map(({ kind, head, body }) => [kind, kind === 'response' ? '' : head, body])).toEqual([
      ['response', '', 0],
      ['chunk', 'fa0\r\n', 4000],
      ['chunk', '\r\nfa0\r\n', 4000],
      ['chunk', '\r\n7d0\r\n', 2000],
      ['lastChunk', '\r\n0\r\n\r\n', 0],
    ]);
    expect(httpOf(trace).server[0]?.head).toContain('Transfer-Encoding: chunked\r\n');
    expect(httpOf(trace).server[0]?.head).not.toContain('Content-Length');
    expect(summarize(trace).flows[0]?.requests[0]).toMatchObject({ bytes: 10_000 });
  });

  test('what an answer reveals is asked for after it, delayed as the scenario says', async () => {
    const requests = [
      { id: 'index', responseBytes: 5000 },
      { id: 'app', responseBytes: 5000, after: ['index'], delayMs: 25 },
      { id: 'late', responseBytes: 100, atMs: 400 },
    ];
    const trace = await playHttp({ startMs: 10, http: { version: '1.1' }, requests }, path);
    expect(ms(requestOf(trace, 'app').sent) - ms(requestOf(trace, 'index').completion)).toBeCloseTo(25, 0);
    // The page begins at 10 ms; the connection is there by then.
    expect(ms(requestOf(trace, 'late').sent)).toBeCloseTo(410, 0);
  });

  test('each origin has connections of its own, and its name in Host and SNI', async () => {
    const requests = [
      { id: 'a', responseBytes: 1000 },
      { id: 'b', responseBytes: 1000, origin: 'cdn' },
    ];
    const trace = await playHttp({ tls: { version: '1.3' }, http: { version: '1.1', connections: 1 }, requests }, path);
    expect(trace.flows).toHaveLength(2);
    expect(trace.flows.map((_, f) => /Host: (.*)\r/.exec(httpOf(trace, f).client[0]?.head ?? '')?.[1])).toEqual([
      'www.roundtrip.test',
      'cdn.roundtrip.test',
    ]);
    expect(trace.tls?.flows.map(({ serverName, alpn }) => [serverName, alpn])).toEqual([
      ['www.roundtrip.test', 'http/1.1'],
      ['cdn.roundtrip.test', 'http/1.1'],
    ]);
  });

  test('a body goes up before the answer comes down', async () => {
    const requests = [{ id: 'post', requestBytes: 100_000, responseBytes: 500 }];
    const trace = await playHttp({ http: { version: '1.1' }, requests }, path);
    expect(httpOf(trace).client.map((unit) => [said(unit), unit.body])).toEqual([['POST / HTTP/1.1', 100_000]]);
    expect(summarize(trace).flows[0]?.requests[0]?.bytes).toBe(500);
    expect(trace.requests[0]?.requestBytes).toBe(100_000 + (httpOf(trace).client[0]?.head.length ?? 0));
  });

  test('a request that is given up resets its connection; the others go on', async () => {
    const requests = [{ id: 'long', responseBytes: 4_000_000, cancelMs: 200 }, ...sized(1000)];
    const trace = await playHttp({ http: { version: '1.1', connections: 2 }, requests }, path);
    expect(requestOf(trace, 'long').completion).toBeNull();
    expect(requestOf(trace, 'r1').completion).not.toBeNull();
    expect(summarize(trace).flows[0]?.requests.find(({ id }) => id === 'long')?.bytes).toBeLessThan(4_000_000);
  });

  test('a hand that touches the second connection touches that one alone', async () => {
    const flow = { http: { version: '1.1' as const }, requests: sized(20_000, 20_000) };
    const touched = [{ flow: 'page 2', dir: 'down' as const, offset: 0, drop: true }];
    const hurt = await playHttp(flow, { ...path, touched });
    const lost = Array.from({ length: hurt.packetCount }, (_, i) => i).filter(
      (i) => hurt.packets.fate[i] === Fate.Touched,
    );
    expect(lost.map((i) => [hurt.packets.flow[i], hurt.packets.offset[i]])).toEqual([[1, 0]]);
    // Its head was in that packet; what came behind it waited.
    const [first, second] = summarize(hurt).flows[0]?.requests ?? [];
    expect(first?.blockedMs).toBe(0);
    expect(second?.blockedMs).toBeGreaterThan(5);
  });

  test('where nobody listens, or nobody is trusted, one try for each connection is all', async () => {
    const refused = await playHttp({ http: { version: '1.1' }, requests: sized(1000, 1000), refused: true }, path);
    expect(refused.flows).toHaveLength(2);
    const untrusted = await playHttp(
      { tls: { version: '1.3', fault: 'unknownCa' }, http: { version: '2' }, requests: sized(1000) },
      path,
    );
    expect(untrusted.flows).toHaveLength(1);
    for (const trace of [refused, untrusted]) {
      expect(summarize(trace).completionMs).toBeNull();
      expect(trace.requests.every(({ sent, completion }) => sent === null && completion === null)).toBe(true);
    }
  });

  test('the client closes each connection once all is answered, or the server does', async () => {
    for (const close of ['client', 'server'] as const) {
      const trace = await playHttp({ http: { version: '1.1' }, requests: sized(1000, 90_000, 1000), close }, path);
      const firstFin = Array.from({ length: trace.packetCount }, (_, i) => i).find(
        (i) => ((trace.packets.flags[i] as number) & 1) !== 0,
      );
      expect(trace.packets.link[firstFin ?? -1]).toBe(close === 'client' ? 0 : 1);
      const last = Math.max(...trace.requests.map(({ completion }) => completion ?? Infinity));
      if (close === 'client') expect(trace.packets.sent[firstFin ?? -1]).toBeGreaterThan(last);
    }
  });
});
