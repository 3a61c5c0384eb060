import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/base/result.ts';
import { play } from '../../src/engine/network/layers.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import type { Vantage } from '../../src/format/pcapng/writer.ts';
import { packetBytes } from '../../src/packet/bytes.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { culprit } from '../../src/trace/causes.ts';
import { Fate, isLost, NONE } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { describeWithTshark, tshark, tsharkFields } from '../support/tshark.ts';
import { story } from '../packet/story.ts';

const made = new Map<string, Trace>();
const traceOf = async (name: string): Promise<Trace> => {
  const known = made.get(name);
  if (known) return known;
  const trace = await simulate(name);
  await prepareBytes(trace);
  made.set(name, trace);
  return trace;
};

const simulate = async (name: string): Promise<Trace> => {
  const preset = presets.find((p) => p.name === name);
  const parsed = parseScenario(JSON.stringify(preset?.scenario));
  if (!parsed.ok) throw new Error(explain(parsed.problems));
  return play(parsed.value);
};

const checks = [
  ...['tcp.check_checksum:TRUE', 'udp.check_checksum:TRUE', 'ip.check_checksum:TRUE'],
  // Behind a lost segment tshark else puts messages of upper layers together from the wrong places.
  'tcp.reassemble_out_of_order:TRUE',
].flatMap((preference) => ['-o', preference]);
/** Instant 0 of a simulated run in an export. */
const EPOCH = 946_684_800_000_000_000n;
/** Packets up to which a run is short. */
const SHORT = 300;
/** Severity of Wireshark's expert remarks: errors; below are warnings, which are events of the connection. */
const ERROR = 8_388_608;

describe('bytes of every preset', () => {
  it.each(presets.map((p) => p.name))('%s: each packet is as long as its size column', async (name) => {
    const trace = await traceOf(name);
    for (let i = 0; i < trace.packetCount; i++) {
      const { length } = packetBytes(trace, i);
      if (length !== trace.packets.size[i]) expect([i, length]).toEqual([i, trace.packets.size[i]]);
    }
    expect(trace.packetCount).toBeGreaterThan(0);
  });

  it.each(presets.map((p) => p.name))(
    '%s: each retransmission goes back to a lost packet, or is named spurious',
    async (name) => {
      const trace = await traceOf(name);
      for (let i = 0; i < trace.packetCount; i++) {
        if (trace.packets.retransmissionOf[i] === NONE) continue;
        const found = culprit(trace, i);
        expect(found.kind).not.toBe('none');
        if (found.kind === 'lost') expect(isLost(trace.packets.fate[found.packet] as number)).toBe(true);
      }
    },
  );
});

const fields = [
  'frame.number',
  '_ws.malformed',
  'ip.checksum.status',
  'tcp.checksum.status',
  'udp.checksum.status',
  '_ws.expert.severity',
  'ip.version',
  'tcp.seq_raw',
  'frame.time_epoch',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.analysis.retransmission',
  'tcp.analysis.fast_retransmission',
  'tcp.analysis.spurious_retransmission',
  'tcp.analysis.out_of_order',
] as const;
type Row = Record<(typeof fields)[number], string>;

describeWithTshark('exports read by tshark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundtrip-pcapng-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const save = (trace: Trace, vantage: Vantage): string => {
    const path = join(folder, `${trace.title.replaceAll(/\W+/g, '-')}-${vantage}.pcapng`);
    writeFileSync(path, writePcapng(trace, vantage));
    return path;
  };
  /** One call of tshark a file: all that is asked of it. */
  const read = (path: string): Row[] => {
    const columns = fields.flatMap((field) => ['-e', field]);
    const { stdout, stderr, status } = tshark([
      '-r',
      path,
      ...checks,
      '-T',
      'fields',
      '-E',
      'occurrence=a',
      ...columns,
    ]);
    expect([stderr, status]).toEqual(['', 0]);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const cells = line.split('\t');
        return Object.fromEntries(fields.map((name, k) => [name, cells[k] ?? ''])) as Row;
      });
  };

  /** Nothing malformed, no wrong checksum, no remark of the level of an error. */
  const judge = (rows: readonly Row[]): void => {
    for (const row of rows) {
      const number = row['frame.number'];
      const isRight = row['tcp.checksum.status'] === '1' || row['udp.checksum.status'] === '1';
      if (row['_ws.malformed'] !== '' || !isRight) expect(row, `frame ${number}`).toBe(null);
      if (row['ip.version'] === '4' && row['ip.checksum.status'] !== '1') expect(row, `frame ${number}`).toBe(null);
      for (const severity of row['_ws.expert.severity'].split(',')) {
        if (Number(severity) >= ERROR) expect(row, `frame ${number}`).toBe(null);
      }
    }
  };

  /** Retransmissions that a vantage node sent, as "sequence number at time": by Wireshark's analysis, and by the trace. */
  const repetitions = (
    trace: Trace,
    vantage: 'client' | 'server',
    rows: readonly Row[],
  ): [Set<string>, Set<string>] => {
    const p = trace.packets;
    const other = vantage === 'client' ? 'server' : 'client';
    const isOwn = (row: Row): boolean =>
      trace.flows.some(
        (f) => f[vantage].port === Number(row['tcp.srcport']) && f[other].port === Number(row['tcp.dstport']),
      );
    const theirs = rows.filter((row) => fields.slice(-4).some((name) => row[name] !== '') && isOwn(row));
    const ours = new Set<string>();
    for (let i = 0; i < trace.packetCount; i++) {
      // QUIC sends bytes again in packets of new numbers, which Wireshark does not relate.
      if (trace.flows[p.flow[i] as number]?.protocol !== 'tcp') continue;
      const takesSpace = (p.payload[i] as number) > 0 || ((p.flags[i] as number) & 3) !== 0;
      const from = trace.links[p.link[i] as number]?.from;
      if (p.retransmissionOf[i] === NONE || !takesSpace || from !== trace.flows[p.flow[i] as number]?.[vantage].node)
        continue;
      const ns = BigInt(p.sent[i] as number) + EPOCH;
      ours.add(`${String(p.seq[i])} at ${String(ns / 1_000_000_000n)}.${String(ns % 1_000_000_000n).padStart(9, '0')}`);
    }
    return [new Set(theirs.map((row) => `${row['tcp.seq_raw']} at ${row['frame.time_epoch']}`)), ours];
  };

  const cases = [...presets.map((p) => p.name), 'story', 'story over IPv6'];
  const make = async (name: string): Promise<Trace> =>
    name === 'story' ? story().trace : name === 'story over IPv6' ? story(true).trace : traceOf(name);

  it.each(cases)(
    "%s: no complaint, and at the sender Wireshark's retransmissions are ours",
    async (name) => {
      const trace = await make(name);
      const p = trace.packets;
      // All but a short run is read at the end that sends nearly all of it: each call of tshark takes a third of a second.
      const vantages = trace.packetCount < SHORT ? (['client', 'server'] as const) : (['server'] as const);
      for (const vantage of vantages) {
        const rows = read(save(trace, vantage));
        judge(rows);
        let passing = 0;
        for (let i = 0; i < trace.packetCount; i++) {
          const link = trace.links[p.link[i] as number];
          const node = trace.flows[p.flow[i] as number]?.[vantage].node;
          if (link?.from === node || (link?.to === node && p.fate[i] === Fate.Delivered)) passing++;
        }
        expect(rows.length).toBe(passing);
        const [theirs, ours] = repetitions(trace, vantage, rows);
        expect(theirs, vantage).toEqual(ours);
      }
      // Both ends in one file are the same packets twice: short ones will do. Under TLS tshark takes the second sight of a
      // segment for a repetition, and its reassembly of records complains of the overlap.
      if (trace.packetCount < 200 && trace.tls === null && !trace.quic) judge(read(save(trace, 'both')));
    },
    60_000,
  );

  it('name interfaces, losses and directions', () => {
    const { trace } = story();
    const rows = tsharkFields(save(trace, 'both'), [
      'frame.interface_name',
      'frame.comment',
      'frame.packet_flags_direction',
    ]);
    expect(new Set(rows.map((r) => r[0]))).toEqual(new Set(['Client', 'Server']));
    expect(rows.map((r) => r[1]).filter((c) => c !== '')).toEqual([
      '#2 lost on the wire between Server and Client (server to client) at 61.809 ms',
    ]);
    const times = tsharkFields(save(trace, 'both'), ['frame.time_epoch']).map((r) => r[0] ?? '');
    expect(times).toEqual(times.toSorted());
  });
});
