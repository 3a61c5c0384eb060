import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { whySentences } from '../../src/packet/why.ts';
import { summarize } from '../../src/trace/summary.ts';
import { Fate, NONE, Quality, SpanKind } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { describeWithFixtures } from '../support/fixtures.ts';
import { story } from '../packet/story.ts';

const open = (bytes: Uint8Array): Trace => {
  const opened = readCapture('test', bytes);
  if (!opened.ok) throw new Error(opened.problems[0]?.what);
  return opened.value.trace;
};

const states = (trace: Trace, node: number): string[] => {
  const s = trace.spans;
  const found: string[] = [];
  for (let i = 0; i < trace.spanCount; i++) {
    if (s.kind[i] === SpanKind.State && s.node[i] === node) found.push(trace.labels[s.label[i] as number] as string);
  }
  return found;
};

const repeated = (trace: Trace): number[] =>
  Array.from({ length: trace.packetCount }, (_, i) => i).filter(
    (i) => (trace.packets.payload[i] as number) > 0 && (trace.packets.nth[i] as number) > 1,
  );

interface TruthRow {
  dir: 'c2s' | 's2c';
  enq: number;
  dlv?: number;
  seq: number;
  ack: number;
  pl: number;
  tsv: number;
}

/** Differences in µs between the arrivals of data in a trace and in the emulator's log. */
const arrivalErrors = (trace: Trace, truth: ReadonlyMap<string, TruthRow>): number[] => {
  const p = trace.packets;
  const errors: number[] = [];
  for (let i = 0; i < trace.packetCount; i++) {
    const row = truth.get(['s2c', p.seq[i], p.ack[i], p.payload[i], p.tsVal[i]].join());
    if (p.link[i] !== 1 || p.payload[i] === 0 || p.fate[i] !== Fate.Delivered || row?.dlv === undefined) continue;
    errors.push(Math.abs((p.arrived[i] as number) / 1000 - row.dlv));
  }
  return errors;
};

describeWithFixtures('a real Linux run, captured at either end', (folder) => {
  const read = (name: string): Buffer => readFileSync(join(folder, 'linux', 'A4-cubic', name));
  const truth = gunzipSync(read('packets.jsonl.gz'))
    .toString()
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TruthRow);

  it('at the server: the loss is inferred, and what waited for it', () => {
    const trace = open(read('server.pcap'));
    const summary = summarize(trace).flows[0];
    expect(summary?.packets).toEqual({ up: 611, down: 695 });
    expect(summary?.data).toEqual({ up: 1, down: 692 });
    expect([summary?.lost.down, summary?.retransmitted.down]).toEqual([1, 1]);
    const [again = NONE] = repeated(trace);
    expect(packetLabel(trace, again)).toBe('R #30');
    expect(trace.packets.offset[again]).toBe(41_992);
    expect(trace.packets.fate[trace.packets.retransmissionOf[again] as number]).toBe(Fate.InferredLost);
    expect(whySentences(trace, again).map((s) => s.text)).toContain('lost on its way (inferred)');
    expect(summary?.requests[0]?.bytes).toBe(1_000_000);
    expect(summary?.requests[0]?.blockedMs).toBeCloseTo(43.1, 0);
  });

  it('at the client: completion and blocked time are as measured there', () => {
    const trace = open(read('client.pcap'));
    const summary = summarize(trace).flows[0];
    expect(summary?.connectedMs).toBeCloseTo(40.121, 3);
    expect(summary?.completionMs).toBeCloseTo(993.556, 3);
    expect(summary?.requests[0]?.blockedMs).toBeCloseTo(43.07, 2);
    expect([summary?.lost.down, summary?.retransmitted.down]).toEqual([1, 1]);
  });

  it.each(['client', 'server'] as const)('at the %s: sent and arrived lie where the emulator had them', (place) => {
    const trace = open(read(`${place}.pcap`));
    const p = trace.packets;
    const rows = new Map<string, TruthRow>();
    for (const row of truth) rows.set([row.dir, row.seq, row.ack, row.pl, row.tsv].join(), row);
    const errors: number[] = [];
    let matched = 0;
    for (let i = 0; i < trace.packetCount; i++) {
      const dir = p.link[i] === 0 ? 'c2s' : 's2c';
      const row = rows.get([dir, p.seq[i], p.ack[i], p.payload[i], p.tsVal[i]].join());
      if (row?.dlv === undefined) continue;
      matched++;
      // The captures begin with the SYN as the emulator does, but for the way that is inferred.
      errors.push(Math.abs((p.sent[i] as number) / 1000 - row.enq));
      const quality = p.quality[i] as number;
      const measured = (place === 'client') === (dir === 'c2s') ? quality & 3 : quality >> 2;
      expect(measured).toBe(Quality.Measured);
    }
    expect(matched).toBeGreaterThan(1300);
    errors.sort((a, b) => a - b);
    const median = errors[errors.length >> 1] as number;
    console.error(
      `A4 at the ${place}: sending instants off by ${median.toFixed(0)} µs (median), ${(errors.at(-1) as number).toFixed(0)} µs (worst)`,
    );
    // At the client, what the server sent is known but for the time in the queue, at most 39 packets of 0.6 ms.
    expect(median).toBeLessThan(place === 'server' ? 150 : 15_000);
    // At the server, the ACKs tell when data came, queueing included.
    const late = place === 'client' ? [0] : arrivalErrors(trace, rows);
    late.sort((a, b) => a - b);
    console.error(
      `A4 at the ${place}: arrivals off by ${(late[late.length >> 1] as number).toFixed(0)} µs (median), ${(late.at(-1) as number).toFixed(0)} µs (worst)`,
    );
    expect(late[Math.floor(late.length * 0.95)]).toBeLessThan(1000);
  });

  it('names the states that both ends passed', () => {
    const trace = open(read('server.pcap'));
    expect(states(trace, 0)).toEqual(['SYN-SENT', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED']);
    expect(states(trace, 1)).toEqual(['SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT']);
  });

  it('follows bytes in flight and round trips', () => {
    const trace = open(read('server.pcap'));
    const series = (name: string) => trace.series.find((s) => s.name === name && s.node === 1);
    expect(series('inflight')?.quality).toBe('inferred');
    expect(Math.max(...(series('inflight')?.value ?? []))).toBeGreaterThan(30 * 1448);
    const rtt = [...(series('rtt')?.value ?? [])];
    expect(Math.min(...rtt) / 1e6).toBeGreaterThan(39.9);
    expect(Math.min(...rtt) / 1e6).toBeLessThan(41.5);
    expect(trace.series.some((s) => s.name === 'cwnd')).toBe(false);
  });
});

interface LinuxSummary {
  flows?: { segments?: Partial<Record<'c2s' | 's2c', { retrans: number; drops: number }>> }[];
}

describeWithFixtures('every capture of the Linux runs', (folder) => {
  const root = join(folder, 'linux');
  const cases = readdirSync(root).flatMap((name) =>
    ['client', 'server']
      .filter((place) => existsSync(join(root, name, `${place}.pcap`)))
      .map((place) => [name, place] as const),
  );

  it('shows the retransmissions and losses that there were', () => {
    let compared = 0;
    const differ: string[] = [];
    for (const [name, place] of cases) {
      const { flows } = JSON.parse(readFileSync(join(root, name, 'summary.json'), 'utf8')) as LinuxSummary;
      // Runs that ask something else have no counts.
      if (!flows?.[0]?.segments) continue;
      const truth = (dir: 'c2s' | 's2c', what: 'retrans' | 'drops'): number =>
        flows.reduce((sum, f) => sum + (f.segments?.[dir]?.[what] ?? 0), 0);
      const ours = summarize(open(readFileSync(join(root, name, `${place}.pcap`)))).flows;
      const count = (dir: 'up' | 'down', what: 'retransmitted' | 'lost'): number =>
        ours.reduce((sum, f) => sum + f[what][dir], 0);
      compared++;
      const theirs = [truth('s2c', 'retrans'), truth('s2c', 'drops'), truth('c2s', 'retrans'), truth('c2s', 'drops')];
      const found = [
        count('down', 'retransmitted'),
        count('down', 'lost'),
        count('up', 'retransmitted'),
        count('up', 'lost'),
      ];
      if (theirs.join() !== found.join()) differ.push(`${name} ${place}`);
    }
    console.error(
      `Linux captures: ${String(compared - differ.length)} of ${String(compared)} with the right retransmissions and losses`,
    );
    // A SYN that was lost before the server, a SYN-ACK before the client: nothing in the capture shows it.
    expect(differ.filter((name) => !/^A7(syn-\w+ server|synack-\w+ client)$/.test(name))).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  }, 60_000);
});

describe('an export read again', () => {
  const { trace, row } = story();

  it('seen at both ends gives the same instants, losses and repairs', () => {
    const again = open(writePcapng(trace, 'both'));
    expect(again.packetCount).toBe(trace.packetCount);
    for (const name of ['sent', 'payload', 'seq', 'ack', 'flags', 'retransmissionOf', 'nth', 'size'] as const) {
      expect([...again.packets[name]], name).toEqual([...trace.packets[name]]);
    }
    for (let i = 0; i < again.packetCount; i++) {
      if (again.packets.payload[i] !== 0) expect(again.packets.offset[i]).toBe(trace.packets.offset[i]);
    }
    const lost = row['d2'] as number;
    expect(again.packets.fate[lost]).toBe(Fate.InferredLost);
    for (let i = 0; i < again.packetCount; i++) {
      if (i === lost) continue;
      expect(again.packets.arrived[i]).toBe(trace.packets.arrived[i]);
      expect(again.packets.quality[i]).toBe(Quality.Measured | (Quality.Measured << 2));
    }
    expect(again.deliveryCount).toBe(trace.deliveryCount);
    expect([...again.deliveries.time]).toEqual([...trace.deliveries.time]);
    expect(summarize(again).flows[0]?.requests[0]?.blockedMs).toBeCloseTo(41.6256, 6);
  });

  it.each([false, true])('seen at the client or server, keeps what was measured there (IPv6: %s)', (v6) => {
    const original = story(v6).trace;
    for (const vantage of ['client', 'server'] as const) {
      const again = open(writePcapng(original, vantage));
      const summary = summarize(again).flows[0];
      expect(summary?.requests[0]?.bytes).toBe(7240);
      expect(summary?.retransmitted.down).toBe(1);
      expect(again.flows[0]?.client).toMatchObject({
        port: 47846,
        isn: 1000,
        mss: 1460,
        windowScale: 10,
        sackPermitted: true,
        timestamps: true,
      });
      expect(again.nodes.map((n) => n.role)).toEqual(['client', 'server']);
    }
  });
});
