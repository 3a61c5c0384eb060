import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceHash } from '../../../src/trace/hash.ts';
import { summarize } from '../../../src/trace/summary.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { FrameType, Setting } from '../../../src/wire/http2/codes.ts';
import type { HttpSession, SentUnit } from '../../../src/wire/http/session.ts';
import { playHttp } from './runs.ts';
import type { Flow, Path } from './runs.ts';

const request = fc.record({
  responseBytes: fc.oneof(fc.constant(0), fc.nat(3000), fc.nat(150_000)),
  requestBytes: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(100_000) }),
  urgency: fc.nat(7),
  incremental: fc.boolean(),
  thinkMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(80) }),
  atMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(300) }),
  origin: fc.constantFrom(undefined, undefined, undefined, 'cdn'),
  followsFirst: fc.boolean(),
});

const requests = fc.array(request, { minLength: 1, maxLength: 9 }).map((list) =>
  list.map(({ followsFirst, origin, ...one }, i) => ({
    ...one,
    id: `r${String(i)}`,
    ...(origin === undefined ? {} : { origin }),
    ...(followsFirst && i > 0 ? { after: ['r0'] } : {}),
  })),
);

const http = fc.oneof(
  fc.record({
    version: fc.constant('2' as const),
    client: fc.constantFrom('browser', 'curl', 'nghttp'),
    server: fc.constantFrom('rfc', 'nginx'),
    streamWindow: fc.constantFrom(1000, 30_000, 65_535, 10_000_000),
    connectionWindow: fc.constantFrom(65_535, 10_000_000),
    maxStreams: fc.constantFrom(1, 3, 100),
  }),
  fc.record({
    version: fc.constantFrom('1.0', '1.1'),
    connections: fc.integer({ min: 1, max: 6 }),
    keepAlive: fc.boolean(),
    server: fc.constantFrom('rfc', 'nginx'),
  }),
  fc.record({
    version: fc.constant('1.1' as const),
    connections: fc.integer({ min: 1, max: 3 }),
    pipelining: fc.integer({ min: 2, max: 5 }),
    chunkBytes: fc.constantFrom(0, 64, 1000, 40_000),
  }),
);

const flow: fc.Arbitrary<Flow> = fc.record({
  http,
  tls: fc.constantFrom(
    {},
    { version: '1.3' as const },
    { version: '1.2' as const },
    { version: '1.3' as const, resume: '0rtt' as const },
  ),
  requests,
  close: fc.constantFrom('server' as const, 'client' as const, 'none' as const),
  tcp: fc.record({ profile: fc.constantFrom('linux' as const, 'rfc' as const, 'textbook' as const) }),
});

const path: fc.Arbitrary<Path> = fc.record({
  rttMs: fc.constantFrom(1, 30, 150),
  mbps: fc.constantFrom(2, 20, 500),
  queuePackets: fc.constantFrom(10, 1000),
  loss: fc.array(
    fc.record({ dir: fc.constantFrom('up' as const, 'down' as const), rate: fc.constantFrom(0.01, 0.05) }),
    {
      maxLength: 2,
    },
  ),
});

/** The body of each message: stretches in the order in which they were sent. */
const bodies = (units: readonly SentUnit[]): Map<number, { readonly from: number; readonly bytes: number }[]> => {
  const found = new Map<number, { from: number; bytes: number }[]>();
  for (const { request: owner, body, from } of units)
    if (owner >= 0 && body > 0) found.set(owner, [...(found.get(owner) ?? []), { from, bytes: body }]);
  return found;
};

const expectWhole = (units: readonly SentUnit[], owner: number, size: number): void => {
  let at = 0;
  for (const { from, bytes } of bodies(units).get(owner) ?? []) {
    expect(from).toBe(at);
    at += bytes;
  }
  expect(at).toBe(size);
};

const number32 = (text: string, at: number): number =>
  [0, 1, 2, 3].reduce((sum, k) => sum * 256 + text.charCodeAt(at + k), 0);

/** Settings and window updates of one side, added up over the whole run: the most that the other may ever have sent. */
const allowance = (units: readonly SentUnit[], stream: number): number => {
  let initial = 65_535;
  let more = 0;
  for (const { type, head, flags, stream: of } of units) {
    if (type === FrameType.Settings && (flags & 1) === 0)
      for (let at = 9; at < head.length; at += 6)
        if (((head.charCodeAt(at) << 8) | head.charCodeAt(at + 1)) === Setting.InitialWindowSize)
          initial = number32(head, at + 2);
    if (type === FrameType.WindowUpdate && of === stream) more += number32(head, 9);
  }
  return (stream === 0 ? 65_535 : initial) + more;
};

const expectWindowsKept = ({ client, server }: HttpSession): void => {
  for (const [from, by] of [
    [server, client],
    [client, server],
  ] as const) {
    const sent = new Map<number, number>();
    for (const { type, body, stream } of from) {
      if (type !== FrameType.Data) continue;
      sent.set(stream, (sent.get(stream) ?? 0) + body);
      sent.set(0, (sent.get(0) ?? 0) + body);
    }
    for (const [stream, bytes] of sent) expect(bytes).toBeLessThanOrEqual(allowance(by, stream));
  }
};

const sessions = (trace: Trace): HttpSession[] =>
  trace.flows.flatMap(({ http: session }) => (session ? [session] : []));

describe('any page on any path', () => {
  test('each body comes once, whole and in order; windows are kept; the same again gives the same', async () => {
    await fc.assert(
      fc.asyncProperty(flow, path, fc.nat(1000), async (one, way, seed) => {
        const trace = await playHttp(one, way, seed);
        const summary = summarize(trace);
        one.requests?.forEach((asked, i) => {
          const carriers = sessions(trace).filter(({ client }) => client.some((unit) => unit.request === i));
          expect(carriers).toHaveLength(1);
          const { client, server } = carriers[0] as HttpSession;
          expectWhole(client, i, asked.requestBytes ?? 0);
          expectWhole(server, i, asked.responseBytes ?? 0);
          const told = summary.flows[0]?.requests[i];
          expect(told?.bytes).toBe(asked.responseBytes);
          expect(told?.completionMs).not.toBeNull();
          expect(told?.completionMs).toBeGreaterThan(told?.sentMs ?? Infinity);
        });
        for (const session of sessions(trace)) if (session.version === '2') expectWindowsKept(session);
        expect(traceHash(await playHttp(one, way, seed))).toBe(traceHash(trace));
      }),
      { numRuns: 60 },
    );
  });

  test('a body up and one down over a full queue: a segment sent again with SACK blocks gets through', async () => {
    const both: Flow = {
      tls: {},
      close: 'server',
      http: { version: '2', maxStreams: 1, connectionWindow: 65_535 },
      requests: [
        { id: 'r0', responseBytes: 30_605 },
        { id: 'r1', responseBytes: 927 },
        { id: 'r2', requestBytes: 41_722, responseBytes: 0, urgency: 1 },
      ],
    };
    const { requests } = await playHttp(both, { rttMs: 1, mbps: 2, queuePackets: 10 }, 0);
    expect(requests.map(({ delivered }) => delivered)).toEqual([30_605, 927, 0]);
    expect(requests.every(({ completion }) => completion !== null)).toBe(true);
  });
});
