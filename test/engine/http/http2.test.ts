import { describe, expect, test } from 'vitest';
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts';
import { FrameType } from '../../../src/wire/http2/codes.ts';
import { SpanKind } from '../../../src/trace/types.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { finished, heldOf, httpOf, playHttp, requestOf, said, sized, spansOf } from './runs.ts';

const path = { rttMs: 40, mbps: 20 };
const tls = { version: '1.3' } as const;
const h2 = { version: '2' } as const;
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('HTTP/2', () => {
  test('what both ends say, frame by frame', async () => {
    const trace = await playHttp({ tls, http: h2, requests: sized(3000, 20_000), close: 'client' }, path);
    const { client, server } = httpOf(trace);
    expect(client.map(said)).toEqual([
      'preface 0',
      'Settings 0',
      'WindowUpdate 0',
      'Headers 1 end',
      'Headers 3 end',
      'Settings 0',
      'GoAway 0',
    ]);
    expect(server.map(said)).toEqual([
      'Settings 0',
      'Settings 0',
      'Headers 1',
      'Headers 3',
      'Data 1 3000 end',
      'Data 3 16384',
      'Data 3 3616 end',
    ]);
    expect(trace.tls?.flows[0]?.alpn).toBe('h2');
  });

  test('header blocks decode to what was asked, and shrink as the table fills', async () => {
    const trace = await playHttp({ http: h2, requests: sized(100, 100, 100) }, path);
    const blocks = httpOf(trace).client.filter(({ type }) => type === FrameType.Headers);
    const decoder = new HpackDecoder();
    const lists = blocks.map(({ head }) => {
      const read = decoder.decode(bytesOf(head.slice(9)));
      if (!read.ok) throw new Error(read.problems[0]?.what);
      return read.value;
    });
    expect(lists.map((list) => list.find(({ name }) => name === ':path')?.value)).toEqual(['/', '/r2', '/r3']);
    const [first = 0, second = 0] = blocks.map(({ head }) => head.length - 9);
    expect(first).toBeGreaterThan(150);
    expect(second).toBeLessThan(30);
  });

  test('answers of one urgency go one after another, in order of request', async () => {
    const trace = await playHttp({ http: h2, requests: sized(60_000, 60_000, 60_000) }, path);
    const streams = httpOf(trace)
      .server.filter(({ type, body }) => type === FrameType.Data && body > 0)
      .map(({ stream }) => stream);
    expect(streams).toEqual([...streams].sort((a, b) => a - b));
    expect(finished(trace)).toEqual(['r1', 'r2', 'r3']);
  });

  test('incremental ones share the connection, frame by frame', async () => {
    const requests = sized(60_000, 60_000, 60_000).map((one) => ({ ...one, incremental: true }));
    const trace = await playHttp({ http: h2, requests }, path);
    const streams = httpOf(trace)
      .server.filter(({ type, body }) => type === FrameType.Data && body > 0)
      .map(({ stream }) => stream);
    expect(streams.slice(0, 6)).toEqual([1, 3, 5, 1, 3, 5]);
    const ends = trace.requests.map(({ completion }) => (completion ?? 0) / 1e6);
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(20);
  });

  test('what is more urgent overtakes, asked for later or not', async () => {
    const requests = [
      { id: 'image', responseBytes: 800_000, urgency: 5 },
      { id: 'style', responseBytes: 20_000, urgency: 0, atMs: 200 },
    ];
    const trace = await playHttp({ http: h2, requests }, { rttMs: 40, mbps: 10 });
    expect(finished(trace)).toEqual(['style', 'image']);
    expect(httpOf(trace).client.filter(({ type }) => type === FrameType.Headers)).toHaveLength(2);
    // With a server that does not look at urgency it waits its turn.
    const blind = await playHttp({ http: { ...h2, server: 'nginx' }, requests }, { rttMs: 40, mbps: 10 });
    const wait = (t: typeof trace): number =>
      (requestOf(t, 'style').completion ?? 0) - (requestOf(t, 'style').sent ?? 0);
    expect(wait(trace)).toBeLessThan(wait(blind));
  });

  test('a small stream window makes the answer wait for WINDOW_UPDATE, and the trace says so', async () => {
    const trace = await playHttp(
      { http: { ...h2, streamWindow: 20_000 }, requests: sized(100_000), close: 'none' },
      { rttMs: 100, mbps: 50 },
    );
    const held = heldOf(trace).filter(({ label }) => label === 'stream window');
    expect(held.length).toBeGreaterThanOrEqual(4);
    expect(held[0]?.a).toBe(0);
    // Half of the window a round trip: ten updates, and as many waits.
    const updates = httpOf(trace).client.filter(({ type, stream }) => type === FrameType.WindowUpdate && stream === 1);
    expect(updates.length).toBeGreaterThanOrEqual(7);
    expect(summarize(trace).completionMs).toBeGreaterThan(600);
  });

  test('the window of the connection holds back all streams at once', async () => {
    const trace = await playHttp(
      { http: { ...h2, client: 'nghttp', server: 'nginx' }, requests: sized(100_000, 100_000) },
      { rttMs: 100, mbps: 50 },
    );
    const held = heldOf(trace).filter(({ label }) => label === 'connection window');
    expect(new Set(held.map(({ a }) => a))).toEqual(new Set([0, 1]));
  });

  test('streams pass through their states at both ends', async () => {
    const trace = await playHttp({ http: h2, requests: sized(5000) }, path);
    const states = spansOf(trace, SpanKind.StreamState);
    const client = trace.flows[0]?.client.node;
    expect(states.filter(({ node }) => node === client).map(({ label, a }) => [label, a])).toEqual([
      ['open', 1],
      ['half-closed (local)', 1],
    ]);
    expect(states.filter(({ node }) => node !== client).map(({ label }) => label)).toEqual([
      'open',
      'half-closed (remote)',
    ]);
  });

  test('a request that is given up ends with RST_STREAM; the connection and the others go on', async () => {
    const requests = [{ id: 'long', responseBytes: 4_000_000, cancelMs: 200 }, ...sized(50_000)];
    const trace = await playHttp({ http: h2, requests, close: 'client' }, path);
    expect(httpOf(trace).client.map(said)).toContain('RstStream 1');
    expect(requestOf(trace, 'long').completion).toBeNull();
    expect(requestOf(trace, 'r1').completion).not.toBeNull();
    const sent = httpOf(trace).server.filter(({ stream, body }) => stream === 1 && body > 0);
    expect(sent.reduce((sum, { body }) => sum + body, 0)).toBeLessThan(2_000_000);
    expect(trace.flows).toHaveLength(1);
  });

  test('no more streams at a time than the server allows', async () => {
    const trace = await playHttp(
      {
        http: { ...h2, maxStreams: 2 },
        requests: [
          { id: 'first', responseBytes: 100 },
          ...sized(30_000, 30_000, 30_000).map((one) => ({ ...one, after: ['first'] })),
        ],
      },
      path,
    );
    expect(requestOf(trace, 'r3').sent).toBeGreaterThan(requestOf(trace, 'r1').completion ?? Infinity);
    expect(requestOf(trace, 'r2').sent).toBe(requestOf(trace, 'r1').sent);
  });

  test('a body goes up in DATA, as far as the server’s window goes', async () => {
    const trace = await playHttp(
      { http: h2, requests: [{ id: 'post', requestBytes: 200_000, responseBytes: 10 }] },
      path,
    );
    const up = httpOf(trace).client.filter(({ type }) => type === FrameType.Data);
    expect(up.reduce((sum, { body }) => sum + body, 0)).toBe(200_000);
    expect(said(up.at(-1)!)).toContain('end');
    expect(requestOf(trace, 'post').completion).not.toBeNull();
    expect(heldOf(trace).some(({ node }) => node === trace.flows[0]?.client.node)).toBe(true);
  });

  test('in the first flight of a resumed session', async () => {
    const cold = await playHttp({ tls, http: h2, requests: sized(1000) }, path);
    const early = await playHttp({ tls: { ...tls, resume: '0rtt' }, http: h2, requests: sized(1000) }, path);
    expect((requestOf(cold, 'r1').completion ?? 0) - (requestOf(early, 'r1').completion ?? 0)).toBeGreaterThan(39e6);
  });

  test('rows of the trace name each frame’s bytes and the packets that brought them', async () => {
    const trace = await playHttp({ tls, http: h2, requests: sized(3000, 20_000) }, path);
    const { http } = trace;
    if (!http) throw new Error('no rows');
    const { client, server } = httpOf(trace);
    expect(http.unitCount).toBe(client.length + server.length);
    for (let r = 0; r < http.unitCount; r++) {
      const { first, last, at, end, size, up } = http.units;
      const packet = last[r] as number;
      expect(packet).toBeGreaterThanOrEqual(0);
      expect((end[r] as number) - (at[r] as number)).toBeGreaterThanOrEqual(size[r] as number);
      const from = trace.packets.offset[packet] as number;
      const to = from + (trace.packets.payload[packet] as number);
      expect(end[r]).toBeGreaterThan(from);
      expect(end[r]).toBeLessThanOrEqual(to);
      expect(trace.packets.link[first[r] as number]).toBe(up[r] === 1 ? 0 : 1);
    }
  });
});
