import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/base/result.ts';
import { FrameTable } from '../../src/format/capture/frames.ts';
import { openCapture, readCapture } from '../../src/format/open.ts';
import { readPcap } from '../../src/format/pcap/reader.ts';
import { readPcapng } from '../../src/format/pcapng/reader.ts';
import { splitTime, timeUnit } from '../../src/format/pcapng/time.ts';
import { orderByTime } from '../../src/format/order.ts';
import { packetBytes } from '../../src/packet/bytes.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { story } from '../packet/story.ts';

/** Writes integers of either byte order: `u32(1, 2)`. */
const writer = (little: boolean) => {
  const u16 = (...values: number[]): number[] =>
    values.flatMap((v) => (little ? [v & 255, (v >>> 8) & 255] : [(v >>> 8) & 255, v & 255]));
  const u32 = (...values: number[]): number[] =>
    values.flatMap((v) => (little ? [...u16(v & 0xffff), ...u16(v >>> 16)] : [...u16(v >>> 16), ...u16(v & 0xffff)]));
  const block = (type: number, body: number[], size = body.length + 12): number[] => [
    ...u32(type, size),
    ...body,
    ...u32(size),
  ];
  const section = (): number[] => block(0x0a0d0d0a, [...u32(0x1a2b3c4d), ...u16(1, 0), ...u32(0xffffffff, 0xffffffff)]);
  return { u16, u32, block, section };
};

const ip = [...packetBytes(story().trace, 0)];
const frameOf = (data: readonly number[]): number[] => [
  ...data,
  ...new Array<number>((4 - (data.length % 4)) % 4).fill(0),
];

const frames = (read: typeof readPcap, bytes: readonly number[] | Uint8Array) => {
  const table = new FrameTable();
  const warnings: string[] = [];
  const result = read(Uint8Array.from(bytes), table, (sentence) => warnings.push(sentence));
  return { table, warnings, error: result.ok ? '' : explain(result.problems) };
};

describe('pcap', () => {
  it.each([
    [true, 0xa1b2c3d4, 5_000, 'little endian, µs'],
    [false, 0xa1b2c3d4, 5_000, 'big endian, µs'],
    [true, 0xa1b23c4d, 5, 'little endian, ns'],
    [false, 0xa1b23c4d, 5, 'big endian, ns'],
  ])('little: %s, magic %i: times in %i ns (%s)', (little, magic, nanos) => {
    const { u16, u32 } = writer(little);
    // The upper bits of the link type carry the length of the frame check sequence.
    const head = [...u32(magic), ...u16(2, 4), ...u32(0, 0, 65535, 0x30000065)];
    const record = (s: number, t: number): number[] => [...u32(s, t, ip.length, ip.length), ...ip];
    const { table, warnings } = frames(readPcap, [...head, ...record(10, 0), ...record(10, 5), ...record(9, 5)]);
    expect(table.count).toBe(3);
    expect([...table.columns.time.subarray(0, 3)]).toEqual([0, nanos, nanos - 1e9]);
    expect(table.columns.linkType[0]).toBe(101);
    expect(warnings).toEqual([]);
  });

  const { u16, u32 } = writer(true);
  const head = [...u32(0xa1b2c3d4), ...u16(2, 4), ...u32(0, 0, 65535, 101)];
  const record = [...u32(1, 0, ip.length, ip.length), ...ip];

  it('gives what it has of a file that is cut, and says where', () => {
    const inPacket = frames(readPcap, [...head, ...record, ...record.slice(0, 30)]);
    expect(inPacket.table.count).toBe(1);
    expect(inPacket.warnings).toEqual(['The file is cut in packet 2, at byte 100: 14 of its 60 bytes are there.']);
    const inHeader = frames(readPcap, [...head, ...record, ...record.slice(0, 10)]);
    expect(inHeader.warnings).toEqual(['The file is cut in a record header, at byte 100: 10 bytes are left of it.']);
  });

  it('reads a file of a header alone, and stops at a length of gigabytes', () => {
    expect(frames(readPcap, head).table.count).toBe(0);
    const huge = frames(readPcap, [...head, ...record, ...u32(1, 0, 0xf0000000, 60)]);
    expect(huge.table.count).toBe(1);
    expect(huge.warnings[0]).toMatch(/^At byte 100 a record says that it has 4026531840 bytes/);
  });

  it('refuses a header that is cut', () => {
    expect(frames(readPcap, head.slice(0, 12)).error).toBe(
      'byte 0: a pcap file header has 24 bytes, 12 are there: the file is cut',
    );
  });
});

describe('pcapng', () => {
  const le = writer(true);
  const be = writer(false);
  const describeInterface = (w: typeof le, linkType: number, options: number[] = [], snaplen = 0): number[] =>
    w.block(1, [...w.u16(linkType, 0), ...w.u32(snaplen), ...options]);
  const enhanced = (w: typeof le, iface: number, high: number, low: number): number[] =>
    w.block(6, [...w.u32(iface, high, low, ip.length, ip.length), ...frameOf(ip)]);

  it('changes its byte order with a section, where interfaces start anew', () => {
    const { table, warnings } = frames(readPcapng, [
      ...le.section(),
      ...describeInterface(le, 1),
      ...describeInterface(le, 101),
      ...enhanced(le, 1, 0, 1_000_000),
      ...be.section(),
      ...describeInterface(be, 228),
      ...enhanced(be, 0, 0, 1_000_007),
      ...enhanced(be, 1, 0, 1_000_007),
    ]);
    expect([...table.columns.linkType.subarray(0, table.count)]).toEqual([101, 228]);
    expect([...table.columns.iface.subarray(0, table.count)]).toEqual([1, 2]);
    expect([...table.columns.time.subarray(0, table.count)]).toEqual([0, 7_000]);
    expect(warnings).toEqual(['1 packet of an interface that was not described before: left out.']);
  });

  it('takes resolution and offset of each interface', () => {
    const resolution = (byte: number): number[] => [...le.u16(9, 1), byte, 0, 0, 0];
    const offset = [...le.u16(14, 8), ...le.u32(100, 0)];
    const { table } = frames(readPcapng, [
      ...le.section(),
      ...describeInterface(le, 101, resolution(9)),
      ...describeInterface(le, 101, resolution(0x80 | 10)),
      ...describeInterface(le, 101, [...resolution(3), ...offset]),
      ...enhanced(le, 0, 0, 0),
      ...enhanced(le, 1, 0, 1536),
      ...enhanced(le, 2, 0, 7),
    ]);
    expect([...table.columns.time.subarray(0, 3)]).toEqual([0, 1.5e9, 100.007e9]);
  });

  it('splits 64-bit times exactly', () => {
    const out = { seconds: 0, nanos: 0 };
    const now = 1_795_246_086_513_404_206n;
    splitTime(timeUnit(9, 0), Number(now >> 32n), Number(now & 0xffffffffn), out);
    expect(out).toEqual({ seconds: 1_795_246_086, nanos: 513_404_206 });
    splitTime(timeUnit(6, 5), 0xffffffff, 0xffffffff, out);
    expect(out).toEqual({
      seconds: Number((2n ** 64n - 1n) / 1_000_000n) + 5,
      nanos: Number(((2n ** 64n - 1n) % 1_000_000n) * 1000n),
    });
    splitTime(timeUnit(12, 0), 0, 1500, out);
    expect(out).toEqual({ seconds: 0, nanos: 1 });
  });

  it('reads simple and obsolete packet blocks, and steps over what it does not know', () => {
    const { table, warnings } = frames(readPcapng, [
      ...le.section(),
      ...le.block(0xbad, [1, 2, 3, 4]),
      ...describeInterface(le, 101, [], 40),
      ...le.block(2, [...le.u16(0, 3), ...le.u32(0, 5, ip.length, ip.length), ...frameOf(ip)]),
      ...le.block(3, [...le.u32(ip.length), ...ip.slice(0, 40)]),
      ...le.block(10, [...le.u32(0x544c534b, 4), 65, 66, 67, 68]),
      ...le.block(5, [...le.u32(0, 0, 0)]),
    ]);
    expect([...table.columns.length.subarray(0, table.count)]).toEqual([60, 40]);
    expect([...table.columns.wire.subarray(0, table.count)]).toEqual([60, 60]);
    expect(warnings).toEqual(['1 packet without a time (simple packet blocks): placed at the time of the one before.']);
  });

  it('stops at lengths that differ, keeping what came before', () => {
    const broken = enhanced(le, 0, 0, 9);
    broken[broken.length - 4] = 1;
    const { table, warnings } = frames(readPcapng, [
      ...le.section(),
      ...describeInterface(le, 101),
      ...enhanced(le, 0, 0, 1),
      ...broken,
    ]);
    expect(table.count).toBe(1);
    expect(warnings[0]).toMatch(/the two lengths of a block differ/);
  });
});

describe('other files', () => {
  const open = async (name: string, content: string | Uint8Array): Promise<string> => {
    const opened = await openCapture(name, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    return opened.ok ? '' : explain(opened.problems);
  };

  it.each([
    ['x.qlog', '{"qlog_version":"0.3","traces":[]}', 'x.qlog: the log has no traces'],
    [
      'x.sqlog',
      '\u001e{"file_schema":"urn:ietf:params:qlog:file:sequential"}',
      'x.sqlog: the log tells of no packet that was sent or received',
    ],
    ['x.har', '\ufeff{"log":{"version":"1.2"}}', 'x.har, log.entries: the HAR file has no entries'],
    [
      'x.json',
      '{"constants":{"logEventTypes":{}},"events":[',
      'x.json: this is a Chrome net log; it is not read, only pcap, pcapng, qlog and HAR are',
    ],
    ['x.json', '{"roundtrip":1,"flows":[]}', 'x.json: this is a scenario file, not a capture: simulate it'],
    [
      'keys.log',
      `# made by hand\nCLIENT_RANDOM ${'0f'.repeat(32)} ${'AB'.repeat(48)}\n`,
      'keys.log: this is a key log, not a capture: inspect takes it beside one, inspect CAPTURE --keylog F',
    ],
    [
      'x.tshark.json',
      '[\n  {\n    "_index": "packets",\n    "_source": {\n      "layers": {',
      'x.tshark.json: this is a dissection that Wireshark or tshark wrote as JSON; open the capture that it was made from',
    ],
    ['ca.pem', '-----BEGIN CERTIFICATE-----\nMIIB', 'ca.pem: this is a certificate or key (PEM), not a capture'],
    ['x.pcap', '', 'x.pcap: the file is empty'],
    ['x.txt', 'hello', 'x.txt: this is neither pcap, pcapng, qlog nor HAR: it begins with 68 65 6c 6c'],
    ['x.json', '{"headers":[]}', 'x.json: this is JSON, but no qlog, no HAR and no scenario'],
  ])('%s is refused with its name', async (name, content, sentence) => {
    expect(await open(name, content)).toBe(sentence);
  });

  it('unpacks gzip, and of a damaged one what can be', async () => {
    const plain = writePcapng(story().trace, 'both');
    const packed = gzipSync(plain);
    const whole = await openCapture('a/b/x.pcapng.gz', packed);
    expect(whole.ok && [whole.value.format, whole.value.trace.packetCount, whole.value.trace.title]).toEqual([
      'pcapng.gz',
      15,
      'x.pcapng.gz',
    ]);
    const cut = await openCapture('x.pcapng.gz', packed.subarray(0, packed.length >> 1));
    if (cut.ok) expect(cut.value.trace.warnings.join(' ')).toMatch(/damaged or cut/);
    else expect(explain(cut.problems)).toMatch(/damaged/);
    expect(await open('x.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 0))).toMatch(/damaged/);
  });

  it('reads a capture without a packet as a trace without one', () => {
    const { u16, u32 } = writer(true);
    const opened = readCapture('x.pcap', Uint8Array.from([...u32(0xa1b2c3d4), ...u16(2, 4), ...u32(0, 0, 65535, 1)]));
    expect(opened.ok && opened.value.trace.packetCount).toBe(0);
  });
});

describe('order by time', () => {
  it('is that of a stable sort', () => {
    let state = 7;
    const random = (): number => (state = (state * 1103515245 + 12345) % 2147483648);
    for (const spread of [10, 100_000, 2 ** 40, 2 ** 52]) {
      const times = Float64Array.from({ length: 1000 }, () => Math.floor((random() / 2147483648) * spread));
      const expected = [...times.keys()].sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
      expect([...orderByTime(times)]).toEqual(expected);
    }
  });
});
