import { describe, expect, test } from 'vitest';
import { notesOf } from '../../src/scenario/notes.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';

type Flow = ScenarioInput['flows'][number];

const file = (flow: Flow, more: Partial<ScenarioInput> = {}): ScenarioInput => ({
  roundtrip: 1,
  flows: [flow],
  ...more,
});

/** The one thing that is wrong: where it stands and what it says. */
const refusal = (input: ScenarioInput): string => {
  const result = validateScenario(input);
  if (result.ok) return 'accepted';
  return result.problems.map(({ where, what }) => `${where}: ${what}`).join('\n');
};

describe('HTTP in a scenario', () => {
  test('a path that is too small for what the profile begins with is refused', () => {
    const input = (quic: object): ScenarioInput =>
      file({ http: { version: '3' }, quic: { profile: 'picoquic', ...quic } }, { path: { mtu: 1270 } });
    expect(refusal(input({}))).toMatch(
      /^path\.mtu: found an MTU of 1270; picoquic .* need 1280: set quic\.maxDatagram/,
    );
    expect(refusal(input({ maxDatagram: 1242 }))).toBe('accepted');
  });

  const wrong: readonly (readonly [string, Flow, RegExp])[] = [
    [
      'HTTP/3 with TLS 1.2',
      { http: { version: '3' }, tls: { version: '1.2' } },
      /tls\.version: found "1\.2"; QUIC has/,
    ],
    ['records in QUIC', { http: { version: '3' }, tls: { recordSizeLimit: 512 } }, /recordSizeLimit.*no TLS records/],
    ['QUIC to a closed port', { http: { version: '3' }, refused: true }, /refused: found true; .*UDP/],
    [
      'a datagram that does not fit',
      { http: { version: '3' }, quic: { maxDatagram: 1473 } },
      /maxDatagram: found 1473; .*up to 1472/,
    ],
    ['a session id in QUIC', { http: { version: '3' }, tls: { resume: 'session' } }, /resume.*psk, 0rtt/],
    ['pipelining in HTTP/3', { http: { version: '3', pipelining: 2 } }, /http\.pipelining.*HTTP\/1\.1 only/],
    [
      'a migration by nobody',
      { http: { version: '3' }, quic: { migrate: [{ atMs: 1, via: 'lte' }] } },
      /quic\.migrate\[0\]\.via: found "lte"; the routers are none/,
    ],
    [
      'migrations out of order',
      { http: { version: '3' }, quic: { migrate: [{ atMs: 5 }, { atMs: 5 }] } },
      /quic\.migrate\[1\]\.atMs: found 5/,
    ],
    ['pipelining in HTTP/2', { http: { version: '2', pipelining: 4 } }, /http\.pipelining: found 4; .*HTTP\/1\.1 only/],
    [
      'pipelining on closing connections',
      { http: { version: '1.1', pipelining: 4, keepAlive: false } },
      /http\.pipelining.*no second one/,
    ],
    ['chunks in 1.0', { http: { version: '1.0', chunkBytes: 1000 } }, /http\.chunkBytes: found 1000; .*allowed: 0/],
    ['chunks of a byte', { http: { version: '1.1', chunkBytes: 1 } }, /http\.chunkBytes: found 1; allowed: 0, or 64/],
    ['HTTP/2 that closes', { http: { version: '2', keepAlive: false } }, /http\.keepAlive.*many requests/],
    ['a stream window in 1.1', { http: { version: '1.1', streamWindow: 1000 } }, /http\.streamWindow.*only HTTP\/2/],
    [
      'changes of mind out of order',
      { http: { version: '2' }, requests: [{ reprioritize: [{ atMs: 5 }, { atMs: 5, urgency: 1 }] }] },
      /requests\[0\]\.reprioritize\[1\]\.atMs: found 5; each comes after/,
    ],
    ['giving up without HTTP', { requests: [{ cancelMs: 5 }] }, /requests\[0\]\.cancelMs: found 5; without HTTP/],
    [
      'another protocol in ALPN',
      { tls: { version: '1.3', alpn: ['http/1.1'] }, http: { version: '2' } },
      /tls\.alpn: found \["http\/1\.1"\]; .*"h2"/,
    ],
    ['a half close', { http: { version: '1.1' }, close: 'half' }, /close: found "half"; .*server, client, none, reset/],
    ['a slow reader', { http: { version: '1.1' }, read: { pauseMs: 5 } }, /read: found .*reads as soon as/],
    [
      'writes by hand',
      { http: { version: '1.1' }, requests: [{ requestWrites: [1, 2] }] },
      /requestWrites.*use requestBytes/,
    ],
    ['a server that opens', { http: { version: '1.1' }, simultaneousOpen: true }, /simultaneousOpen: found true/],
  ];
  for (const [name, flow, sentence] of wrong)
    test(`${name} is refused with a sentence`, () => {
      expect(refusal(file(flow))).toMatch(sentence);
    });

  test('what one transport has and the other runs without is noted', () => {
    const notes = (flow: Flow): string[] => {
      const result = validateScenario(file(flow));
      if (!result.ok) throw new Error(result.problems[0]?.what);
      return notesOf(result.value);
    };
    expect(notes({ http: { version: '3' }, tcp: { nagle: false } })[0]).toMatch(/^flows\[0\]\.tcp has no effect/);
    expect(notes({ http: { version: '2' }, quic: { retry: true } })[0]).toMatch(/^flows\[0\]\.quic has no effect/);
    expect(notes({ http: { version: '3' }, quic: { retry: true }, tcp: { congestion: 'reno' } })).toEqual([]);
  });

  test('what is left open has a default', () => {
    const result = validateScenario(file({ http: { version: '2' } }));
    if (!result.ok) throw new Error(result.problems[0]?.what);
    expect(result.value.flows[0]?.http).toEqual({
      version: '2',
      connections: 6,
      pipelining: 1,
      chunkBytes: 0,
      client: 'browser',
      server: 'rfc',
      push: false,
    });
  });

  test('a touch may name any connection of a flow that speaks HTTP, and no flow may be called like one', () => {
    const touched = [{ flow: 'page 3', dir: 'down' as const, offset: 0, drop: true }];
    expect(refusal(file({ name: 'page', http: { version: '1.1' } }, { path: { touched } }))).toBe('accepted');
    expect(refusal(file({ name: 'page' }, { path: { touched } }))).toMatch(/touched\[0\]\.flow: found "page 3"/);
    expect(refusal({ roundtrip: 1, flows: [{ name: 'page', http: { version: '1.1' } }, { name: 'page 2' }] })).toMatch(
      /flows\[1\]\.name: found "page 2"; a connection of flow "page"/,
    );
  });

  test('what has no effect is said', () => {
    const notes = (flow: Flow): string[] => {
      const result = validateScenario(file(flow));
      if (!result.ok) throw new Error(result.problems[0]?.what);
      return notesOf(result.value);
    };
    expect(notes({ http: { version: '1.1' }, requests: [{ incremental: true }] })).toEqual([
      'flows[0].requests[0].incremental has no effect in HTTP/1: answers leave one after another',
    ]);
    expect(notes({ http: { version: '2', server: 'nginx' }, requests: [{ urgency: 1 }] })).toEqual([
      'flows[0].requests[0].urgency has no effect with http.server "nginx": answers take turns of 64 KB, first come, first served',
    ]);
    expect(notes({ http: { version: '2' }, requests: [{ urgency: 1, incremental: true, origin: 'cdn' }] })).toEqual([]);
  });
});
