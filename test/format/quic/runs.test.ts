import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openCapture } from '../../../src/format/open.ts';
import { isUpward } from '../../../src/trace/direction.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { EventKind, isLost, SpanKind } from '../../../src/trace/types.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';

interface Told {
  readonly client_handshake_complete_ms: number;
  readonly handshake_confirmed_ms: number;
  readonly overall_completion_ms: number;
  readonly streams: Readonly<
    Record<
      string,
      {
        readonly path: string;
        readonly request_sent_ms: number;
        readonly first_byte_ms: number;
        readonly complete_ms: number;
        readonly hol_stalls_ms: readonly (readonly [from: number, to: number, length: number])[];
      }
    >
  >;
}

const open = async (folder: string): Promise<Trace> => {
  const opened = await openCapture('client.pcapng', readFileSync(join(folder, 'client.pcapng')));
  if (!opened.ok) expect.fail(opened.problems[0]?.what);
  return opened.value.trace;
};

/** Events of a kind, ms. */
const eventsOf = (trace: Trace, kind: number, node: number): number[] => {
  const { events: e } = trace;
  const times: number[] = [];
  for (let i = 0; i < trace.eventCount; i++)
    if (e.kind[i] === kind && e.node[i] === node) times.push((e.time[i] as number) / 1e6);
  return times;
};

/** Datagrams of the client in order, by the log of the path: whether each was dropped. */
const droppedUp = (folder: string): boolean[] =>
  gunzipSync(readFileSync(join(folder, 'packets.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly dir: string; readonly fate: string })
    .filter(({ dir }) => dir === 'c2s')
    .map(({ fate }) => fate !== 'delivered');

describeWithFixtures('captures of ngtcp2 and picoquic, with their secrets', (fixtures) => {
  const all = join(fixtures, 'quic');
  const names = readdirSync(all).filter((name) => existsSync(join(all, name, 'client.pcapng')));

  it.each(names)('%s: requests, stalls and losses are those of the packet log', async (name) => {
    const folder = join(all, name);
    const trace = await open(folder);
    const told = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Told;
    const summary = summarize(trace);
    expect(summary.flows).toHaveLength(1);
    expect(trace.quic?.flows[0]?.closed).toBe(0);
    const flow = summary.flows[0]!;
    // Times of the log have microseconds.
    const close = (ours: number | null | undefined, theirs: number, what: string): void => {
      expect(Math.abs((ours ?? NaN) - theirs), `${what}: ${String(ours)}, ${String(theirs)}`).toBeLessThan(0.01);
    };
    close(flow.connectedMs, told.client_handshake_complete_ms, 'complete');
    close(
      eventsOf(trace, EventKind.Confirmed, trace.flows[0]!.client.node)[0],
      told.handshake_confirmed_ms,
      'confirmed',
    );
    close(flow.completionMs, told.overall_completion_ms, 'completion');
    const streams = Object.entries(told.streams).filter(([id]) => Number(id) % 4 === 0);
    expect(flow.requests.map(({ id }) => id)).toEqual(streams.map(([, { path }]) => `/${path}`));
    streams.forEach(([id, stream], i) => {
      const ours = flow.requests[i];
      close(ours?.sentMs, stream.request_sent_ms, `${id} sent`);
      close(ours?.firstByteMs, stream.first_byte_ms, `${id} first byte`);
      close(ours?.completionMs, stream.complete_ms, `${id} completion`);
      const size =
        Number(/(\d+)(k|m)?\.bin$/.exec(stream.path)?.[1]) *
        (/k\.bin/.test(stream.path) ? 1e3 : /m\.bin/.test(stream.path) ? 1e6 : 1);
      expect(ours?.bytes).toBe(size);
      // What stands still, and for how long.
      const { spans: s } = trace;
      const stalls: number[] = [];
      for (let k = 0; k < trace.spanCount; k++)
        if (s.kind[k] === SpanKind.StreamBlocked && s.a[k] === Number(id) && s.node[k] === trace.flows[0]!.client.node)
          stalls.push((s.start[k] as number) / 1e6, (s.end[k] as number) / 1e6);
      const theirs = stream.hol_stalls_ms.flatMap(([from, to]) => [from, to]);
      expect(stalls).toHaveLength(theirs.length);
      theirs.forEach((time, k) => {
        close(stalls[k], time, `${id} stall`);
      });
      close(
        ours?.blockedMs,
        stream.hol_stalls_ms.reduce((sum, [, , length]) => sum + length, 0),
        `${id} blocked`,
      );
    });
    // What left the client and never came: told from what came back.
    const dropped = droppedUp(folder);
    let up = -1;
    for (let i = 0; i < trace.packetCount; i++) {
      if (!isUpward(trace, i)) continue;
      up++;
      if (isLost(trace.packets.fate[i] as number)) expect(dropped[up], `datagram ${String(up)}`).toBe(true);
      if (dropped[up] === true) expect(isLost(trace.packets.fate[i] as number), `datagram ${String(up)}`).toBe(true);
    }
    expect(up + 1).toBe(dropped.length);
  });

  it('what each run is for is told: early data, Retry, a new address, resumption', async () => {
    const q3 = await open(join(all, 'ngtcp2-cubic-Q3'));
    expect(q3.quic?.flows[0]).toMatchObject({ early: 'accepted', resumed: true, secured: 0 });
    const q10 = await open(join(all, 'ngtcp2-cubic-Q10'));
    expect(q10.labels).toContain('RETRIED');
    const q11 = await open(join(all, 'ngtcp2-cubic-Q11'));
    expect(q11.flows).toHaveLength(1);
    // README of the fixtures: 300 ms after the handshake.
    const moved = eventsOf(q11, EventKind.PathChanged, q11.flows[0]!.client.node);
    expect(moved).toHaveLength(1);
    expect(moved[0]).toBeGreaterThan(350);
    expect(moved[0]).toBeLessThan(500);
  });

  it('round trips and bytes in flight stand within what the path allows', async () => {
    const trace = await open(join(all, 'ngtcp2-cubic-Q5'));
    const { server } = trace.flows[0]!;
    const of = (name: string): Float64Array =>
      trace.series.find((one) => one.name === name && one.node === server.node)?.value ?? new Float64Array(0);
    expect(Math.min(...of('rtt')) / 1e6).toBeGreaterThan(80);
    expect(Math.max(...of('rtt')) / 1e6).toBeLessThan(120);
    // 758 kB in 1.9 s over 80 ms: 32 kB on average.
    expect(Math.max(...of('inflight'))).toBeGreaterThan(32_000);
    expect(Math.max(...of('inflight'))).toBeLessThan(100_000);
    expect(trace.links.map(({ delay }) => Math.round((delay ?? 0) / 1e6))).toEqual([40, 40]);
  });
});
