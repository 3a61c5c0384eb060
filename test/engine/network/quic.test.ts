import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from '../../../src/engine/network/layers.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { presets } from '../../../src/scenario/presets.ts';
import type { ScenarioInput } from '../../../src/scenario/schema.ts';
import { traceHash } from '../../../src/trace/hash.ts';
import { QuicFrameIndex, QuicType } from '../../../src/trace/quic/types.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { CauseKind, EventKind, Fate, NONE, PacketKind, SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';

type Flow = Partial<ScenarioInput['flows'][number]>;
type Path = NonNullable<ScenarioInput['path']>;

const run = async (input: ScenarioInput): Promise<Trace> => {
  const scenario = parseScenario(JSON.stringify(input));
  if (!scenario.ok) throw new Error(scenario.problems.map(({ where, what }) => `${where}: ${what}`).join('\n'));
  return play(scenario.value);
};

const page = (flow: Flow = {}, path: Path = {}): ScenarioInput => ({
  roundtrip: 1,
  path: { rttMs: 80, mbps: 10, ...path },
  flows: [
    {
      name: 'page',
      http: { version: '3' },
      requests: ['a', 'b', 'c'].map((id) => ({ id, responseBytes: 20_000, after: [], incremental: true })),
      close: 'client',
      ...flow,
    },
  ],
});

const quicOf = (trace: Trace): NonNullable<Trace['quic']> => {
  if (!trace.quic) throw new Error('the trace has no QUIC');
  return trace.quic;
};
/** Rows of `events` of a kind, as [node, a, b]. */
const events = (trace: Trace, kind: number): (readonly [node: number, a: number, b: number])[] => {
  const { events: e } = trace;
  const found: (readonly [number, number, number])[] = [];
  for (let i = 0; i < trace.eventCount; i++)
    if (e.kind[i] === kind) found.push([e.node[i] as number, e.a[i] as number, e.b[i] as number]);
  return found;
};
const isUp = (trace: Trace, row: number): boolean => trace.links[trace.packets.link[row] as number]?.from === 0;
/** Types of the QUIC packets of each datagram, in order. */
const flights = (trace: Trace, most: number): string[] => {
  const quic = quicOf(trace);
  const names = ['Initial', '0-RTT', 'Handshake', 'Retry', '1-RTT', 'Version Negotiation', 'Stateless Reset'];
  return Array.from({ length: Math.min(most, trace.packetCount) }, (_, row) => {
    const types = [];
    for (let k = quic.packetsOf[row] as number; k < (quic.packetsOf[row + 1] as number); k++)
      types.push(names[quic.packets.type[k] as number]);
    return `${isUp(trace, row) ? '>' : '<'} ${types.join(' + ')}`;
  });
};
const completions = (trace: Trace): (number | null)[] =>
  (summarize(trace).flows[0]?.requests ?? []).map(({ completionMs }) => completionMs);
const preset = async (name: string): Promise<Trace> => {
  const found = presets.find((one) => one.name === name);
  if (!found) throw new Error(`no preset ${name}`);
  return run(found.scenario);
};

describe('QUIC in the simulator', () => {
  it('the handshake takes one round trip, the answer begins after two (RFC 9001 §4)', async () => {
    const trace = await run(page());
    const { connectedMs, securedMs, firstByteMs } = summarize(trace).flows[0] ?? {};
    expect(connectedMs).toBe(securedMs);
    expect(connectedMs).toBeGreaterThan(80);
    expect(connectedMs).toBeLessThan(95);
    expect(firstByteMs).toBeGreaterThan(160);
    expect(firstByteMs).toBeLessThan(180);
    expect(flights(trace, 2)).toEqual(['> Initial', '< Initial + Handshake']);
    expect(trace.flows[0]?.protocol).toBe('udp');
    expect(quicOf(trace).flows[0]).toMatchObject({
      version: 1,
      suite: 0x1301,
      alpn: 'h3',
      resumed: false,
      early: null,
    });
  });

  it('early data leaves at once, and its answer is here after one round trip (RFC 9001 §4.6)', async () => {
    const trace = await run(page({ tls: { resume: '0rtt' } }));
    const flow = summarize(trace).flows[0];
    expect(flights(trace, 1)).toEqual(['> Initial + 0-RTT']);
    expect(flow?.securedMs).toBe(0);
    expect(flow?.requests[0]?.sentMs).toBe(0);
    expect(flow?.firstByteMs).toBeLessThan(95);
    expect(quicOf(trace).flows[0]).toMatchObject({ resumed: true, early: 'accepted' });
    const refused = await run(page({ tls: { resume: '0rtt', earlyRejected: true } }));
    expect(quicOf(refused).flows[0]?.early).toBe('rejected');
    expect(summarize(refused).flows[0]?.firstByteMs).toBeGreaterThan(160);
    expect(completions(refused).every((at) => at !== null)).toBe(true);
  });

  it('Retry and version negotiation cost a round trip each (RFC 9000 §8.1.2, §6)', async () => {
    const [plain, retry, negotiated] = await Promise.all([
      run(page()),
      run(page({ quic: { retry: true } })),
      run(page({ quic: { versions: 'negotiate' } })),
    ]);
    expect(flights(retry, 3)).toEqual(['> Initial', '< Retry', '> Initial']);
    expect(flights(negotiated, 3)).toEqual(['> Initial', '< Version Negotiation', '> Initial']);
    const first = (trace: Trace): number => summarize(trace).flows[0]?.firstByteMs ?? NaN;
    for (const trace of [retry, negotiated]) expect(first(trace) - first(plain)).toBeCloseTo(80, -1);
  });

  it('a second connection is made for a second origin', async () => {
    const requests = ['', 'cdn'].map((origin, i) => ({
      id: `r${String(i)}`,
      responseBytes: 5000,
      after: [],
      ...(origin ? { origin } : {}),
    }));
    const trace = await run(page({ requests }));
    expect(trace.flows.map(({ name }) => name)).toEqual(['page', 'page 2']);
    expect(quicOf(trace).flows.map(({ serverName }) => serverName)).toEqual([
      'www.roundtrip.test',
      'cdn.roundtrip.test',
    ]);
    expect(completions(trace).every((at) => at !== null)).toBe(true);
  });

  it('the n-th datagram of 1-RTT bytes dies; its stream waits, and what is sent again has the loss as its cause', async () => {
    const trace = await run(page({}, { loss: [{ dir: 'down', data: [12], min: 1000 }] }));
    const { packets: p, spans: s } = trace;
    const rows = Array.from({ length: trace.packetCount }, (_, i) => i);
    const lost = rows.filter((row) => p.fate[row] === Fate.LostOnWire);
    expect(lost).toHaveLength(1);
    const row = lost[0] ?? NONE;
    const again = rows.filter((one) => p.retransmissionOf[one] === row);
    expect(again).toHaveLength(1);
    const cause = again[0] ?? NONE;
    expect(p.causeKind[cause]).toBe(CauseKind.Event);
    expect(trace.events.kind[p.cause[cause] as number]).toBe(EventKind.LossDetected);
    expect(trace.events.packet[p.cause[cause] as number]).toBe(row);
    const waits = Array.from({ length: trace.spanCount }, (_, i) => i).filter(
      (i) => s.kind[i] === SpanKind.StreamBlocked,
    );
    expect(waits.map((i) => [s.a[i], s.packet[i]])).toEqual([[p.stream[row], row]]);
    const blocked = summarize(trace).flows[0]?.requests.filter(({ blockedMs }) => blockedMs > 0);
    expect(blocked).toHaveLength(1);
    expect(quicOf(trace).packets.lost.filter((at) => !Number.isNaN(at))).toHaveLength(1);
  });

  it('each datagram but the first has a cause', async () => {
    const trace = await run(page({}, { loss: [{ dir: 'down', data: [12], min: 1000 }] }));
    const { packets: p } = trace;
    for (let i = 1; i < trace.packetCount; i++)
      expect(p.causeKind[i], `datagram ${String(i)}`).not.toBe(CauseKind.None);
  });

  it('a hand drops, delays and duplicates by stream and offset', async () => {
    const before = await run(page());
    const { packets: p } = before;
    const row =
      Array.from({ length: before.packetCount }, (_, i) => i).find((i) => p.stream[i] === 4 && !isUp(before, i)) ?? 0;
    const id = { flow: 'page', dir: 'down' as const, stream: 4, offset: p.offset[row] as number };
    const dropped = await run(page({}, { touched: [{ ...id, drop: true }] }));
    expect(dropped.packets.fate[row]).toBe(Fate.Touched);
    const twice = await run(page({}, { touched: [{ ...id, duplicate: true }] }));
    const quic = quicOf(twice);
    const numbers = [row, row + 1].map((i) => quic.packets.number[quic.packetsOf[i] as number]);
    expect(numbers[0]).toBe(numbers[1]);
    expect(completions(twice)).toEqual(completions(before));
    const first = await run(page({}, { touched: [{ flow: 'page', dir: 'up', kind: 'initial', drop: true }] }));
    expect(events(first, EventKind.PtoFired)[0]).toEqual([0, 0, 1]);
    expect(summarize(first).flows[0]?.timeouts).toBeGreaterThan(0);
    expect(summarize(first).flows[0]?.connectedMs).toBeGreaterThan(999);
  });

  it('marks of a queue that fills up slow the sender without a loss (RFC 9002 §7.1)', async () => {
    const file = [{ id: 'file', responseBytes: 1_000_000 }];
    const marked = await run(page({ requests: file, quic: { ecn: true } }, { ecnThreshold: 20 }));
    expect(marked.packets.ecn.includes(3)).toBe(true);
    const recoveries = Array.from({ length: marked.spanCount }, (_, i) => i).filter(
      (i) => marked.spans.kind[i] === SpanKind.Recovery,
    );
    expect(recoveries.length).toBeGreaterThan(0);
    expect(summarize(marked).flows[0]?.retransmitted.down).toBe(0);
  });

  it('goes on over another way: challenge, another id, a fresh window (RFC 9000 §9)', async () => {
    const trace = await preset('quic-migration');
    const { packets: p, links } = trace;
    const by = (from: number, to: number, since: number): number =>
      Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => {
        const link = links[p.link[i] as number];
        return link?.from === from && link.to === to && (p.sent[i] as number) > since;
      }).length;
    // Nodes: phone 0, Wi-Fi 1, mobile 2, server 3. What was under way when it moved still comes by Wi-Fi.
    expect(by(0, 1, 201e6)).toBe(0);
    expect(by(0, 2, 0)).toBeGreaterThan(10);
    expect(by(3, 1, 240e6)).toBe(0);
    expect(by(3, 2, 240e6)).toBeGreaterThan(30);
    const quic = quicOf(trace);
    for (const kind of ['pathChallenge', 'pathResponse', 'retireConnectionId'] as const)
      expect(quic.frames.kind.includes(QuicFrameIndex[kind]), kind).toBe(true);
    expect(events(trace, EventKind.PathChanged).filter(([, , validated]) => validated === 1)).toHaveLength(2);
    expect(completions(trace)[0]).not.toBeNull();
  });

  it('what went by the old way says nothing about the new one (RFC 9000 §9.4)', async () => {
    const migrated = (path: string): ScenarioInput => ({
      roundtrip: 1,
      nodes: [
        { name: 'phone' },
        { name: 'wifi', role: 'router' },
        { name: 'mobile', role: 'router' },
        { name: 'server', role: 'server' },
      ],
      // The queue before the Wi-Fi is long: what waits in it comes after what went by the mobile network.
      links: [
        { from: 'phone', to: 'wifi', delayMs: 5 },
        { from: 'wifi', to: 'server', delayMs: 15, mbps: 5 },
        { from: 'phone', to: 'mobile', delayMs: 30 },
        { from: 'mobile', to: 'server', delayMs: 15 },
      ],
      flows: [
        {
          client: 'phone',
          server: 'server',
          http: { version: '3' },
          quic: { congestion: path, migrate: [{ atMs: 300, via: 'mobile' }] },
          requests: [{ responseBytes: 500_000 }],
        } as Flow,
      ],
    });
    for (const congestion of ['reno', 'cubic', 'bbr']) {
      const trace = await run(migrated(congestion));
      const { spans, events: e } = trace;
      const moved = Math.max(
        ...Array.from({ length: trace.eventCount }, (_, i) => i)
          .filter((i) => e.kind[i] === EventKind.PathChanged && e.node[i] === 3 && e.b[i] === 0)
          .map((i) => e.time[i] as number),
      );
      const late = Array.from({ length: trace.eventCount }, (_, i) => i).filter(
        (i) => e.kind[i] === EventKind.LossDetected && (e.time[i] as number) > moved,
      );
      expect(late.length, congestion).toBeGreaterThan(10);
      const reductions = Array.from({ length: trace.spanCount }, (_, i) => i).filter(
        (i) => spans.kind[i] === SpanKind.Recovery && (spans.start[i] as number) > moved,
      );
      expect(reductions, congestion).toEqual([]);
      expect(Number(completions(trace)[0]), congestion).toBeLessThan(1300);
    }
  });

  it('a key share in two datagrams is no repetition, and nothing is lost', async () => {
    const trace = await run(page({ tls: { version: '1.3', group: 'x25519mlkem768', certificate: 'rsa' } }));
    expect(summarize(trace).flows[0]).toMatchObject({
      lost: { up: 0, down: 0 },
      retransmitted: { up: 0, down: 0 },
    });
  });

  it('a NAT’s new port is proved, and nothing is lost by it (RFC 9000 §9.3)', async () => {
    const trace = await preset('quic-nat-rebinding');
    expect(events(trace, EventKind.PathChanged).map(([node, , validated]) => [node, validated])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(completions(trace)[0]).not.toBeNull();
  });

  it('keys change on both sides (RFC 9001 §6)', async () => {
    const trace = await preset('quic-key-update');
    expect(events(trace, EventKind.KeysUpdated).map(([node, count]) => [node, count])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it('a server without memory resets, and the client gives up at once (RFC 9000 §10.3)', async () => {
    const trace = await preset('quic-stateless-reset');
    expect(quicOf(trace).packets.type.includes(QuicType.StatelessReset)).toBe(true);
    expect(events(trace, EventKind.Failed)).toEqual([[0, 0, 0]]);
    expect(completions(trace)).toEqual([null]);
  });

  it('a small stream window holds the server, which says so (RFC 9000 §4.1)', async () => {
    const trace = await preset('quic-flow-control');
    const { spans: s } = trace;
    const held = Array.from({ length: trace.spanCount }, (_, i) => i).filter((i) => s.kind[i] === SpanKind.FlowBlocked);
    expect(held.length).toBeGreaterThan(5);
    expect(held.every((i) => trace.labels[s.label[i] as number] === 'stream limit' && s.node[i] === 1)).toBe(true);
    expect(quicOf(trace).frames.kind.includes(QuicFrameIndex.streamDataBlocked)).toBe(true);
  });

  it('header blocks that came before the table’s entries wait for them (RFC 9204 §2.1.2)', async () => {
    const trace = await preset('qpack-blocking');
    const { spans: s } = trace;
    const held = Array.from({ length: trace.spanCount }, (_, i) => i).filter(
      (i) => s.kind[i] === SpanKind.HttpHeld && trace.labels[s.label[i] as number] === 'QPACK table',
    );
    expect(held.length).toBeGreaterThan(2);
    expect(new Set(held.map((i) => s.end[i])).size).toBe(1);
  });

  it('the same scenario gives the same trace', async () => {
    const [one, two] = await Promise.all([preset('http3-one-loss'), preset('http3-one-loss')]);
    expect(traceHash(one)).toBe(traceHash(two));
    const [a, b] = [quicOf(one), quicOf(two)];
    expect(a.packets).toEqual(b.packets);
    expect(a.frames).toEqual(b.frames);
  });
});

describe('whatever the network does to QUIC', () => {
  const anyLoss = fc.record({
    seed: fc.nat(1000),
    rate: fc.constantFrom(0, 0.01, 0.05, 0.15),
    up: fc.constantFrom(0, 0.02, 0.1),
    jitterMs: fc.constantFrom(0, 3, 20),
    resume: fc.constantFrom('none' as const, 'psk' as const, '0rtt' as const),
    retry: fc.boolean(),
    congestion: fc.constantFrom('reno' as const, 'cubic' as const, 'bbr' as const),
    profile: fc.constantFrom('rfc' as const, 'ngtcp2' as const, 'picoquic' as const),
  });

  it('each byte of each stream is delivered once and in order, and all is answered', async () => {
    await fc.assert(
      fc.asyncProperty(anyLoss, async ({ seed, rate, up, jitterMs, resume, retry, congestion, profile }) => {
        const trace = await run({
          ...page(
            { quic: { retry, congestion, profile }, tls: { resume } },
            {
              jitterMs,
              loss: [
                { dir: 'down', rate },
                { dir: 'up', rate: up },
              ],
            },
          ),
          seed,
          durationMs: 120_000,
        });
        const d = trace.deliveries;
        const reached = new Map<string, number>();
        for (let i = 0; i < trace.deliveryCount; i++) {
          const key = `${String(d.node[i])} ${String(d.stream[i])}`;
          expect(d.offset[i]).toBe(reached.get(key) ?? 0);
          reached.set(key, (d.offset[i] as number) + (d.bytes[i] as number));
        }
        const failed = events(trace, EventKind.Failed).length > 0;
        if (!failed) expect(completions(trace).every((at) => at !== null)).toBe(true);
        const quic = quicOf(trace);
        const numbers = new Set<string>();
        for (let row = 0; row < quic.packetCount; row++) {
          const { type, number, datagram } = quic.packets;
          if ((number[row] as number) < 0) continue;
          const space = type[row] === QuicType.ZeroRtt ? QuicType.OneRtt : type[row];
          const key = `${String(isUp(trace, datagram[row] as number))} ${String(space)} ${String(number[row])}`;
          expect(numbers.has(key)).toBe(false);
          numbers.add(key);
        }
        for (let i = 0; i < trace.packetCount; i++)
          expect([PacketKind.Data, PacketKind.Ack, PacketKind.Control]).toContain(trace.packets.kind[i]);
      }),
      { numRuns: 40, seed: 20_261_121 },
    );
  });
});
