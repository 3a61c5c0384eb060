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

/** The same run between addresses of its own: several of them can be read from one file. */
const at = (network: string, trace: Trace): Trace => {
  const moved = <End extends { readonly address: string }>(end: End): End => ({
    ...end,
    address: end.address.replace(/^10\.0\./, network),
  });
  const flows = trace.flows.map((flow) => ({ ...flow, client: moved(flow.client), server: moved(flow.server) }));
  return { ...trace, flows, nodes: trace.nodes.map(moved) };
};
const networkOf = (name: string): string => `10.${String(presets.findIndex((p) => p.name === name) + 1)}.`;

const made = new Map<string, Trace>();
const traceOf = async (name: string): Promise<Trace> => {
  const known = made.get(name);
  if (known) return known;
  const trace = at(networkOf(name), await simulate(name));
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
  'ip.src',
  'ip.dst',
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

  /** Which runs are read as which end saw them. */
  const isReadAt: Readonly<Record<Vantage, (trace: Trace) => boolean>> = {
    server: () => true,
    // All but a short run is read at the end that sends nearly all of it.
    client: (trace) => trace.packetCount < SHORT,
    // Both ends in one file are the same packets twice: short ones will do. Under TLS tshark takes the second sight of a
    // segment for a repetition, and its reassembly of records complains of the overlap.
    both: (trace) => trace.packetCount < 200 && trace.tls === null && !trace.quic,
  };
  const vantages = ['server', 'client', 'both'] as const;
  type Reading = Partial<Record<Vantage, readonly Row[]>>;

  // A start of tshark takes a third of a second: runs over TCP are read several in one file, a section each. Those over QUIC
  // are known by their connection ids, whatever their addresses, and have a file each, as have those that are no presets.
  const TOGETHER = 8;
  const isAlone = (name: string): boolean =>
    presets.find((p) => p.name === name)?.scenario.flows.some(({ http }) => http?.version === '3') ?? true;
  const joined = cases.filter((name) => !isAlone(name));
  const batches: string[][] = cases.filter(isAlone).map((name) => [name]);
  for (let k = 0; k < joined.length; k += TOGETHER) batches.push(joined.slice(k, k + TOGETHER));

  const readings = new Map<readonly string[], Promise<ReadonlyMap<string, Reading>>>();
  const readBatch = async (names: readonly string[]): Promise<ReadonlyMap<string, Reading>> => {
    const traces = await Promise.all(names.map(make));
    const found = new Map<string, Reading>(names.map((name) => [name, {}]));
    for (const vantage of vantages) {
      const chosen = traces.filter(isReadAt[vantage]);
      if (chosen.length === 0) continue;
      const path = join(folder, `${names[0] ?? ''}-${vantage}.pcapng`);
      writeFileSync(path, Buffer.concat(chosen.map((trace) => writePcapng(trace, vantage))));
      const rows = read(path);
      for (const [k, name] of names.entries()) {
        if (!chosen.includes(traces[k] as Trace)) continue;
        const network = networkOf(name);
        const own = rows.filter((row) => row['ip.src'].startsWith(network) && row['ip.dst'].startsWith(network));
        found.set(name, { ...found.get(name), [vantage]: names.length === 1 ? rows : own });
      }
    }
    return found;
  };
  const readingOf = async (name: string): Promise<Reading> => {
    const batch = batches.find((names) => names.includes(name)) ?? [name];
    const reading = readings.get(batch) ?? readBatch(batch);
    readings.set(batch, reading);
    return (await reading).get(name) ?? {};
  };

  it.each(cases)(
    "%s: no complaint, and at the sender Wireshark's retransmissions are ours",
    async (name) => {
      const trace = await make(name);
      const p = trace.packets;
      const reading = await readingOf(name);
      expect(Object.keys(reading)).toEqual(vantages.filter((vantage) => isReadAt[vantage](trace)));
      for (const rows of Object.values(reading)) judge(rows);
      for (const vantage of ['client', 'server'] as const) {
        const rows = reading[vantage];
        if (!rows) continue;
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
