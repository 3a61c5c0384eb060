import { describe, expect, it } from 'vitest';
import { nanos } from '../../src/base/time.ts';
import { readTls } from '../../src/format/tls/read.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import type { Layer } from '../../src/packet/layers.ts';
import { tlsStreams } from '../../src/packet/tls/streams.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { PacketKind, TcpFlag } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { encodeIpv4 } from '../../src/wire/ip/ipv4.ts';
import { IpProtocol } from '../../src/wire/ip/protocols.ts';
import { LinkType } from '../../src/wire/link/types.ts';
import { ContentType, Version } from '../../src/wire/tls/codes.ts';
import { encodeHandshake } from '../../src/wire/tls/handshake/message.ts';
import { encodeRecordHeader, RECORD_HEADER_SIZE } from '../../src/wire/tls/record.ts';

const IP = 20;
const TCP = 20;

/** A segment of the made capture: stream bytes [from, to) of one direction, in the order of sending. */
interface Piece {
  readonly up: boolean;
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** An imported trace of pieces, packed as a raw IPv4 capture would be. */
const captured = (pieces: readonly Piece[]): Trace => {
  const b = new TraceBuilder();
  b.nodes.push({ name: 'a', role: 'client', address: '10.0.0.2' }, { name: 'b', role: 'server', address: '10.0.0.1' });
  const link = { mbps: null, delay: null, queuePackets: null };
  b.links.push({ from: 0, to: 1, ...link }, { from: 1, to: 0, ...link });
  const end = { isn: 0, mss: null, windowScale: null, sackPermitted: null, timestamps: null };
  b.flows.push({
    name: 'flow',
    protocol: 'tcp',
    client: { ...end, node: 0, address: '10.0.0.2', port: 40_000 },
    server: { ...end, node: 1, address: '10.0.0.1', port: 443 },
    congestion: null,
    knobs: [],
    lookup: null,
    tls: null,
  });
  const frames = pieces.map(({ up, from, bytes }, k) => {
    const i = b.addPacket();
    const p = b.packets;
    const frame = new Uint8Array(IP + TCP + bytes.length);
    encodeIpv4(
      {
        dscp: 0,
        ecn: 0,
        totalLength: frame.length,
        id: k,
        reserved: false,
        dontFragment: true,
        moreFragments: false,
        fragmentOffset: 0,
        ttl: 64,
        protocol: IpProtocol.Tcp,
        source: up ? '10.0.0.2' : '10.0.0.1',
        destination: up ? '10.0.0.1' : '10.0.0.2',
        options: new Uint8Array(0),
      },
      frame,
      0,
    );
    frame[IP + 12] = 0x50;
    frame[IP + 13] = TcpFlag.ACK;
    frame.set(bytes, IP + TCP);
    p.link[i] = up ? 0 : 1;
    p.sent[i] = k * 1000;
    p.arrived[i] = k * 1000 + 500;
    p.kind[i] = PacketKind.Data;
    p.flags[i] = TcpFlag.ACK;
    p.size[i] = frame.length;
    p.payload[i] = bytes.length;
    p.offset[i] = from;
    p.retransmissionOf[i] = -1;
    p.sack[i] = -1;
    return frame;
  });
  const offset = new Float64Array(frames.length);
  let size = 0;
  frames.forEach((frame, k) => {
    offset[k] = size;
    size += frame.length;
  });
  const bytes = new Uint8Array(size);
  frames.forEach((frame, k) => bytes.set(frame, offset[k]));
  return b.finish({
    source: 'imported',
    title: 'made',
    seed: 0,
    end: nanos(1e6),
    captured: {
      bytes,
      offset,
      length: Uint32Array.from(frames, (f) => f.length),
      ipAt: new Uint16Array(frames.length),
      linkType: new Uint16Array(frames.length).fill(LinkType.Raw),
    },
  });
};

const record = (type: number, content: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(RECORD_HEADER_SIZE + content.length);
  encodeRecordHeader({ type, version: Version.Tls12, length: content.length }, bytes, 0);
  bytes.set(content, RECORD_HEADER_SIZE);
  return bytes;
};

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

const hello = encodeHandshake({
  type: 'clientHello',
  version: Version.Tls12,
  random: new Uint8Array(32).fill(7),
  sessionId: new Uint8Array(32).fill(9),
  suites: [0x1301, 0xc02f],
  compression: Uint8Array.of(0),
  extensions: [
    { kind: 'serverName', host: 'example.org' },
    { kind: 'padding', length: 300 },
  ],
});
const alert = record(ContentType.Alert, Uint8Array.of(1, 0));
const stream = joined(record(ContentType.Handshake, hello), alert);

const piece = (from: number, to: number): Piece => ({ up: true, from, bytes: stream.slice(from, to) });
const tls = (trace: Trace, i: number): Layer[] => packetLayers(trace, i).filter(({ id }) => id.startsWith('tls'));
const value = (layer: Layer | undefined, id: string): string | undefined =>
  layer?.fields.find((f) => f.id.endsWith(id))?.value;

describe('records over segments', () => {
  it('are put together out of order, each shown in full where it ends', async () => {
    const trace = await readTls(
      captured([piece(0, 100), piece(200, 300), piece(100, 200), piece(300, stream.length)]),
      '',
    );
    expect(trace.warnings).toEqual([]);
    const [first] = tls(trace, 0);
    expect(first?.summary).toMatch(/^part of a record of \d+ bytes$/);
    expect(value(first, 'segments')).toBe('spans 4 segments');
    expect(value(first, '.type')).toBe('handshake');
    const [last, close] = tls(trace, 3);
    expect(last?.summary).toBe('ClientHello (SNI example.org)');
    expect(value(last, 'segments')).toBe('spans 4 segments');
    expect(value(last, 'suites')).toBe('TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
    expect(value(last, 'extensions.server_name')).toBe('example.org');
    expect(value(close, 'alert')).toBe('Alert close_notify');
    expect(packetLabel(trace, 0)).toBe('#1');
    expect(packetLabel(trace, 3)).toBe('#4 ClientHello (SNI example.org), Alert close_notify');
  });

  it('take the first copy of a byte, and show a repetition like its original', async () => {
    const other = { up: true, from: 0, bytes: new Uint8Array(100).fill(0xee) };
    const trace = await readTls(captured([piece(0, 100), other, piece(50, stream.length)]), '');
    expect(tlsStreams(trace)[0]?.bytes).toEqual(stream);
    expect(tls(trace, 1)[0]?.summary).toMatch(/^part of a record/);
    expect(tls(trace, 2)[0]?.summary).toBe('ClientHello (SNI example.org)');
  });

  it('light their own bits where the message is whole and in the clear', async () => {
    const [layer] = tls(await readTls(captured([piece(0, stream.length)]), ''), 0);
    const random = layer?.fields.find((f) => f.id.endsWith('random'));
    expect(random).toMatchObject({ bit: (IP + TCP + 5 + 6) * 8, bits: 32 * 8, rfc: 'RFC 5246 §7.4.1.2' });
  });

  it('begin behind a plain prelude (STARTTLS)', async () => {
    const words = new TextEncoder().encode('STARTTLS\r\n');
    const late = { up: true, from: words.length, bytes: stream };
    const trace = await readTls(captured([{ up: true, from: 0, bytes: words }, late]), '');
    expect(packetLayers(trace, 0).map(({ id }) => id)).toEqual(['ip', 'tcp', 'payload']);
    expect(packetLayers(trace, 1).map(({ id }) => id)).toEqual(['ip', 'tcp', 'tls', 'tls.1']);
  });

  it('end with one sentence where bytes are missing or are none of TLS', async () => {
    const gap = await readTls(captured([piece(0, 100), piece(200, stream.length)]), '');
    expect(gap.warnings).toEqual([
      'flow: TLS from the client is read up to byte 0: the capture lacks bytes behind it; it is read on behind them, from the next record that is sure.',
    ]);
    const lost = joined(stream, alert);
    const behind = { up: true, from: stream.length + 50, bytes: lost };
    const broken = await readTls(captured([piece(0, stream.length), behind]), '');
    expect(broken.warnings).toEqual([
      `flow: TLS from the client is read up to byte ${String(stream.length)}: the capture lacks bytes behind it; it is read on behind them, from the next record that is sure.`,
    ]);
    const noise = { up: true, from: stream.length, bytes: new Uint8Array(40).fill(0x41) };
    const odd = await readTls(captured([piece(0, stream.length), noise]), '');
    expect(odd.warnings).toEqual([
      `flow: TLS from the client ends at byte ${String(stream.length)}: no TLS record starts here: type 65.`,
    ]);
    expect(packetLayers(odd, 1).map(({ id }) => id)).toEqual(['ip', 'tcp', 'payload']);
  });
});

describe('a long stream', () => {
  it('is read in time linear in its bytes', async () => {
    const data = record(ContentType.ApplicationData, new Uint8Array(16_000).fill(3));
    const long = (count: number): Trace => {
      const pieces: Piece[] = [piece(0, stream.length)];
      for (let k = 0; k < count; k++) pieces.push({ up: true, from: stream.length + k * data.length, bytes: data });
      return captured(pieces);
    };
    const took = async (trace: Trace): Promise<number> => {
      const start = performance.now();
      await readTls(trace, '');
      return performance.now() - start;
    };
    const [small, large] = [long(100), long(1000)];
    await took(small);
    const few = await took(small);
    expect(await took(large)).toBeLessThan(30 * few + 300);
  });
});
