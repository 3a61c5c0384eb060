import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { packetBytes } from '../../src/packet/bytes.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { keyLogOf, prepareBytes } from '../../src/packet/made.ts';
import { headerOf, framesOf } from '../../src/packet/quic/sent.ts';
import { isUpward } from '../../src/trace/direction.ts';
import { QuicType } from '../../src/trace/quic/types.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { CauseKind, Fate } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { FrameType } from '../../src/wire/http3/codes.ts';
import { frameType } from '../../src/wire/quic/frame/frame.ts';
import { encodeHandshake } from '../../src/wire/tls/handshake/message.ts';
import { scenarioOf } from '../engine/support/scenarios.ts';
import { quicTraceOf } from '../support/quicTrace.ts';
import { quicVariants } from '../support/quicVariants.ts';
import type { QuicVariant } from '../support/quicVariants.ts';
import { describeWithTshark, tshark, tsharkFields } from '../support/tshark.ts';

type Flow = Partial<ScenarioInput['flows'][number]>;
type Path = NonNullable<ScenarioInput['path']>;

const traceOf = async ({ run }: QuicVariant): Promise<Trace> => {
  const trace = quicTraceOf(run());
  await prepareBytes(trace);
  return trace;
};

const variant = (name: string): QuicVariant => {
  const found = quicVariants.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

it('the key log has a line for each secret of QUIC’s TLS', async () => {
  const labels = async (name: string): Promise<string[]> =>
    keyLogOf(await traceOf(variant(name)))
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '');
  const full = [
    'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
    'SERVER_HANDSHAKE_TRAFFIC_SECRET',
    'CLIENT_TRAFFIC_SECRET_0',
    'SERVER_TRAFFIC_SECRET_0',
    'EXPORTER_SECRET',
    '',
  ];
  expect(await labels('1-RTT')).toEqual(full);
  expect(await labels('0-RTT')).toEqual(['CLIENT_EARLY_TRAFFIC_SECRET', 'EARLY_EXPORTER_SECRET', ...full]);
});

const runOf = async (path: Path, flow: Flow): Promise<Trace> => {
  const requests = ['a', 'b', 'c'].map((id) => ({ id, responseBytes: 20_000, after: [] }));
  const flows = [{ name: 'page', http: { version: '3' as const }, requests, ...flow }];
  const trace = await play(scenarioOf({ roundtrip: 1, path: { rttMs: 80, mbps: 10, ...path }, flows }));
  await prepareBytes(trace);
  return trace;
};

/** Labels of what one end sent and the client saw, in order. */
const labelsOf = (trace: Trace, up: boolean): string[] =>
  Array.from({ length: trace.packetCount }, (_, i) => i)
    .filter(
      (i) =>
        isUpward(trace, i) === up && trace.packets.hop[i] === 0 && (up || trace.packets.fate[i] === Fate.Delivered),
    )
    .map((i) => packetLabel(trace, i).replace(/^R /, ''));

it.each(quicVariants)('$name: the importer reads the same packets out of an export', async (one) => {
  const trace = await traceOf(one);
  const result = await openCapture('x.pcapng', writePcapng(trace));
  if (!result.ok) throw new Error(result.problems[0]?.what);
  const capture = result.value.trace;
  // A reset is known by a token that only a packet under keys told; nothing is missing but what its sender hid.
  for (const up of [true, false]) expect(labelsOf(capture, up)).toEqual(labelsOf(trace, up));
});

it('a copy that the network made has the bytes of what it copied, key update or not', async () => {
  const flow: Flow = { quic: { keyUpdateAtMs: 150 } };
  const before = await runOf({}, flow);
  const { packets: p } = before;
  const row = p.stream.findIndex((stream, i) => stream === 0 && p.link[i] === 1 && (p.sent[i] as number) > 190e6);
  const touched = {
    flow: 'page',
    dir: 'down' as const,
    stream: 0,
    offset: p.offset[row] as number,
    nth: 1,
    duplicate: true,
  };
  const after = await runOf({ touched: [touched] }, flow);
  const twin = after.packets.causeKind.indexOf(CauseKind.Sent);
  expect(twin).toBeGreaterThan(0);
  expect(packetBytes(after, twin).subarray(28)).toEqual(
    packetBytes(after, after.packets.cause[twin] as number).subarray(28),
  );
});

describeWithTshark('Wireshark reads an export of QUIC', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quic-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const checked = ['-o', 'udp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];

  const written = (trace: Trace, name: string): string => {
    const file = join(folder, `${name}.pcapng`);
    writeFileSync(file, writePcapng(trace, 'client'));
    return file;
  };

  const seen = ['ip.src', 'quic.long.packet_type', 'quic.long.packet_type_v2', 'quic.packet_number'];
  const fields = [...seen, 'quic.frame_type', 'quic.stream.stream_id'];
  const judged = [
    'frame.protocols',
    '_ws.malformed',
    '_ws.expert.severity',
    'udp.checksum.status',
    'ip.checksum.status',
  ];
  const WARNING = 6_291_456;

  /** The fields of each packet, and what is to be complained of. Warnings count: a packet that cannot be decrypted is one. */
  const readBack = (file: string): { readonly rows: string[][]; readonly complaints: string[][] } => {
    const all = tsharkFields(file, [...judged, '_ws.expert.message', ...fields], '', checked);
    const complaints = all.filter(
      ([protocols = '', malformed, severities = '', udp, ip]) =>
        !protocols.split(':').includes('quic') ||
        malformed !== '' ||
        severities.split(',').some((severity) => Number(severity) >= WARNING) ||
        udp !== '1' ||
        ip !== '1',
    );
    return { rows: all.map((row) => row.slice(judged.length + 1)), complaints };
  };

  const typed = new Set<number>([QuicType.Initial, QuicType.ZeroRtt, QuicType.Handshake, QuicType.Retry]);

  /** Long types, numbers, frames and streams of the datagrams that the client saw, by direction, as tshark lists them. */
  const expected = (trace: Trace, up: boolean): string[] => {
    const { quic, packets: p } = trace;
    if (!quic) throw new Error('no QUIC');
    const lines: string[] = [];
    for (let i = 0; i < trace.packetCount; i++) {
      if (isUpward(trace, i) !== up || (!up && p.fate[i] !== Fate.Delivered)) continue;
      const [from, to] = [quic.packetsOf[i] as number, quic.packetsOf[i + 1] as number];
      const rows = Array.from({ length: to - from }, (_, k) => from + k);
      const frames = rows.flatMap((row) => framesOf(quic, row));
      const all = (list: readonly (number | undefined)[]): string => list.filter((n) => n !== undefined).join(',');
      lines.push(
        [
          all(rows.map((row) => quic.packets.type[row]).filter((type) => typed.has(type ?? -1))),
          all(rows.map((row) => headerOf(quic, row)?.number)),
          all(frames.map(frameType)),
          all(frames.map((frame) => (frame.kind === 'stream' ? frame.stream : undefined))),
        ].join(' | '),
      );
    }
    return lines;
  };

  it.each(quicVariants)('$name: each packet is decrypted and is what was simulated', async (one) => {
    const trace = await traceOf(one);
    const file = written(trace, String(quicVariants.indexOf(one)));
    const { rows, complaints } = readBack(file);
    expect(complaints).toEqual([]);
    for (const [up, address] of [
      [true, '10.0.0.1'],
      [false, '10.0.0.2'],
    ] as const) {
      const seen = rows
        .filter(([source]) => source === address)
        .map(([, v1 = '', v2 = '', number = '', frames = '', streams = '']) => {
          // Version 2 counts types from Retry on (RFC 9369 §3.2).
          const turned = v2.split(',').map((type) => (type === '' ? '' : String((Number(type) + 3) & 3)));
          return [v1 || turned.join(','), number, frames, streams].join(' | ');
        });
      expect(seen).toEqual(expected(trace, up));
    }
  });

  it.each(['1-RTT', 'HelloRetryRequest', 'client certificate', 'RSA chain', '0-RTT refused'])(
    '%s: every handshake message, in order',
    async (name) => {
      const trace = await traceOf(variant(name));
      const rows = tsharkFields(written(trace, name), ['ip.src', 'tls.handshake.type'], 'tls.handshake');
      const session = trace.flows[0]?.quic;
      for (const side of ['client', 'server'] as const) {
        const types = rows
          .filter(([source]) => source === trace.flows[0]?.[side].address)
          .flatMap(([, list = '']) => list.split(',').filter(Boolean).map(Number));
        const ours = session?.messages.filter(({ from }) => from === side) ?? [];
        expect(types).toEqual(ours.map(({ message }) => encodeHandshake(message)[0]));
      }
    },
  );

  it('transport parameters and ALPN are read out of the hellos', async () => {
    const file = written(await traceOf(variant('Retry')), 'parameters');
    const [client, server] = tsharkFields(
      file,
      ['tls.handshake.extensions_alpn_str', 'tls.quic.parameter.type', 'tls.quic.parameter.initial_max_data'],
      'tls.quic.parameter.type',
    );
    expect(client?.[0]).toBe('h3');
    expect(server?.[0]).toBe('h3');
    const numbers = (cell = ''): number[] => cell.split(',').map(Number);
    expect(numbers(client?.[1])).toContain(0x0f);
    // Both ids of the time before the handshake come back in it (RFC 9000 §7.3).
    for (const id of [0x00, 0x02, 0x0f, 0x10]) expect(numbers(server?.[1])).toContain(id);
  });

  it.each<[string, Path, Flow]>([
    ['a page', {}, {}],
    [
      'a page whose path loses',
      {
        loss: [
          { dir: 'down', rate: 0.05 },
          { dir: 'up', rate: 0.05 },
        ],
      },
      {},
    ],
    ['early data and Retry', {}, { quic: { retry: true }, tls: { version: '1.3', resume: '0rtt' } }],
    ['migration and a key update', {}, { quic: { profile: 'ngtcp2', migrate: [{ atMs: 130 }], keyUpdateAtMs: 200 } }],
    ['a NAT that forgets', {}, { quic: { rebindAtMs: 130 } }],
    ['version 2', {}, { quic: { versions: 'v2' } }],
    ['a server that forgets', {}, { quic: { forgetAtMs: 130 } }],
    ['picoquic, marks of congestion', {}, { quic: { profile: 'picoquic', ecn: true } }],
    [
      'path MTU discovery, on a path of 1300',
      { mtu: 1300 },
      { quic: { pmtud: true }, requests: [{ id: 'file', responseBytes: 900_000 }] },
    ],
    ['a client certificate', {}, { tls: { version: '1.3', clientAuth: true, certificate: 'rsa' } }],
  ])('%s, as the simulator runs it: HTTP/3 and all, at both ends', async (name, path, flow) => {
    const trace = await runOf(path, flow);
    const sizes = Array.from({ length: trace.packetCount }, (_, i) => packetBytes(trace, i).length);
    expect(sizes).toEqual([...trace.packets.size]);
    for (const vantage of ['client', 'server'] as const) {
      const file = join(folder, `${name} ${vantage}.pcapng`);
      writeFileSync(file, writePcapng(trace, vantage));
      expect(readBack(file).complaints).toEqual([]);
    }
  });

  it('HTTP/3: streams by type, settings, and the frames of every request and answer', async () => {
    const trace = await runOf({}, {});
    const file = written(trace, 'http3');
    const cells = (source: string, field: string): number[] =>
      tsharkFields(file, [field], `http3 && ip.src == ${source}`)
        .flatMap(([cell = '']) => cell.split(','))
        .filter((cell) => cell !== '')
        .map(Number);
    for (const side of ['client', 'server'] as const) {
      const { address } = trace.flows[0]?.[side] ?? { address: '' };
      const units = trace.flows[0]?.http?.[side] ?? [];
      expect(cells(address, 'http3.stream_type').sort()).toEqual([0, 2, 3]);
      const settings = units.find(({ kind, type }) => kind === 'frame' && type === FrameType.Settings);
      expect(settings).toBeDefined();
      expect(cells(address, 'http3.settings.id').length).toBeGreaterThan(1);
      const headers = (types: readonly number[]): number => types.filter((type) => type === FrameType.Headers).length;
      expect(headers(cells(address, 'http3.frame_type'))).toBe(
        headers(units.filter(({ kind }) => kind === 'frame').map(({ type }) => type)),
      );
    }
  });

  it('HTTP/3: PRIORITY_UPDATE, to the stream and what is said of it, and our own reader finds it again', async () => {
    const requests = ['a', 'b', 'c'].map((id) => ({
      id,
      responseBytes: 200_000,
      after: [],
      ...(id === 'c' ? { reprioritize: [{ atMs: 200, urgency: 0, incremental: true }] } : {}),
    }));
    const trace = await runOf({}, { requests });
    const file = written(trace, 'update');
    expect(readBack(file).complaints).toEqual([]);
    const fields = ['http3.priority_update_element_id', 'http3.priority_update_field_value'];
    expect(tsharkFields(file, fields, 'http3.frame_type == 0xf0700')).toEqual([['8', 'u=0, i']]);
    const opened = await openCapture('x.pcapng', writePcapng(trace));
    if (!opened.ok) throw new Error(opened.problems[0]?.what);
    const { trace: capture } = opened.value;
    expect(capture.warnings.filter((one) => one.startsWith('HTTP/3'))).toEqual([]);
    const row = Array.from({ length: capture.packetCount }, (_, i) => i).find((i) =>
      packetLabel(capture, i).includes('PRIORITY_UPDATE'),
    );
    expect(packetLabel(capture, row ?? -1)).toMatch(/: stream 2, 12 bytes \(PRIORITY_UPDATE 8 · u=0, i\)$/);
    const shown = packetLayers(capture, row ?? -1).flatMap((layer) => layer.fields.map((field) => ({ ...field })));
    expect(shown.filter(({ rfc }) => rfc === 'RFC 9218 §7.2').map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Stream: 8',
      'Priority: u=0, i',
    ]);
  });

  it('a stream, followed: what was written to it, in clear', async () => {
    const { stdout } = tshark([
      '-r',
      written(await traceOf(variant('with losses')), 'follow'),
      '-q',
      '-z',
      'follow,quic,raw,0,0',
    ]);
    const bytes = stdout.split('\n').filter((line) => /^\t?[0-9a-f]+$/.test(line));
    const text = (isSecond: boolean): string =>
      Buffer.from(
        bytes
          .filter((line) => line.startsWith('\t') === isSecond)
          .join('')
          .replaceAll('\t', ''),
        'hex',
      ).toString();
    expect([text(false).slice(0, 15), text(true).slice(0, 17)]).toEqual(['up 000000000000', 'down 000000000000']);
  });
});
