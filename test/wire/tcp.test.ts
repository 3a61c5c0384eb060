import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seq32 } from '../../src/base/seq32.ts';
import type { Field } from '../../src/wire/field.ts';
import { encodeIpv4 } from '../../src/wire/ip/ipv4.ts';
import { tcpFields, tcpFlagText } from '../../src/wire/tcp/fields.ts';
import { decodeTcp, encodeTcp, tcpChecksum, tcpHeaderSize, writeTcpChecksum } from '../../src/wire/tcp/header.ts';
import type { TcpHeader } from '../../src/wire/tcp/header.ts';
import type { TcpOption } from '../../src/wire/tcp/options.ts';
import { scanTcp, tcpScan } from '../../src/wire/tcp/scan.ts';
import { decodeUdp, encodeUdp } from '../../src/wire/udp/header.ts';

const u32 = fc.nat(0xffffffff);
const option: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.constant<TcpOption>({ kind: 'nop' }),
  fc.record({ kind: fc.constant('mss' as const), value: fc.nat(65535) }),
  fc.record({ kind: fc.constant('windowScale' as const), shift: fc.nat(255) }),
  fc.constant<TcpOption>({ kind: 'sackPermitted' }),
  fc.record({
    kind: fc.constant('sack' as const),
    blocks: fc.array(fc.tuple(u32, u32), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('timestamps' as const), value: u32, echo: u32 }),
  fc.record({
    kind: fc.constant('raw' as const),
    type: fc.constantFrom(30, 253, 172),
    data: fc.uint8Array({ maxLength: 18 }),
  }),
  // RFC 7413 §4.1.1: no cookie, or an even number of bytes from 4 to 16.
  fc.record({
    kind: fc.constant('fastOpen' as const),
    cookie: fc
      .constantFrom(0, 4, 6, 8, 10, 12, 14, 16)
      .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
  }),
);
const header: fc.Arbitrary<TcpHeader> = fc
  .record({
    sourcePort: fc.nat(65535),
    destinationPort: fc.nat(65535),
    seq: u32.map(seq32),
    ack: u32.map(seq32),
    reserved: fc.nat(15),
    flags: fc.nat(255),
    window: fc.nat(65535),
    urgent: fc.nat(65535),
    options: fc.array(option, { maxLength: 6 }),
  })
  .filter((h) => tcpHeaderSize(h) <= 60);

const flat = (fields: readonly Field[]): Field[] => fields.flatMap((f) => [f, ...flat(f.parts)]);

describe('TCP header', () => {
  it('decodes what it encoded, at the size that it said', () => {
    fc.assert(
      fc.property(header, fc.nat(5), (h, at) => {
        const bytes = new Uint8Array(at + 60);
        const end = encodeTcp(h, bytes, at);
        expect(end - at).toBe(tcpHeaderSize(h));
        expect(decodeTcp(bytes, at, end)).toEqual({ ok: true, value: h });
      }),
    );
  });

  it('scans without allocating what it decodes', () => {
    const scan = tcpScan();
    fc.assert(
      fc.property(header, (h) => {
        const bytes = new Uint8Array(60);
        const end = encodeTcp(h, bytes, 0);
        expect(scanTcp(bytes, 0, end, scan)).toBe(true);
        expect([scan.seq, scan.ack, scan.window, scan.flags, scan.headerSize]).toEqual([
          h.seq,
          h.ack,
          h.window,
          (h.reserved << 8) | h.flags,
          end,
        ]);
        const last = <K extends TcpOption['kind']>(kind: K): Extract<TcpOption, { kind: K }> | undefined =>
          h.options.filter((o): o is Extract<TcpOption, { kind: K }> => o.kind === kind).at(-1);
        expect(scan.mss).toBe(last('mss')?.value ?? -1);
        expect(scan.windowScale).toBe(last('windowScale')?.shift ?? -1);
        expect(scan.sackPermitted).toBe(last('sackPermitted') !== undefined);
        expect(scan.timestamps ? [scan.tsVal, scan.tsEcr] : null).toEqual(
          last('timestamps') ? [last('timestamps')?.value, last('timestamps')?.echo] : null,
        );
        expect([...scan.sack.subarray(0, 2 * scan.sackCount)]).toEqual(last('sack')?.blocks.flat() ?? []);
      }),
    );
  });

  it('has the sizes that Linux sends: SYN 40, data 32, an ACK with three SACK blocks 60 less 0', () => {
    const base: TcpHeader = {
      sourcePort: 1,
      destinationPort: 2,
      seq: seq32(0),
      ack: seq32(0),
      reserved: 0,
      flags: 2,
      window: 64240,
      urgent: 0,
      options: [],
    };
    const ts: TcpOption = { kind: 'timestamps', value: 1, echo: 0 };
    const nop: TcpOption = { kind: 'nop' };
    const syn: TcpOption[] = [
      { kind: 'mss', value: 1460 },
      { kind: 'sackPermitted' },
      ts,
      nop,
      { kind: 'windowScale', shift: 10 },
    ];
    expect(tcpHeaderSize({ ...base, options: syn })).toBe(40);
    expect(tcpHeaderSize({ ...base, options: [nop, nop, ts] })).toBe(32);
    const blocks: [number, number][] = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    expect(tcpHeaderSize({ ...base, options: [nop, nop, ts, nop, nop, { kind: 'sack', blocks }] })).toBe(60);
  });

  it('puts a checksum that comes out as 0 when it is checked', () => {
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 99 }), (h, payload) => {
        const length = tcpHeaderSize(h) + payload.length;
        const bytes = new Uint8Array(20 + length);
        encodeIpv4(
          {
            dscp: 0,
            ecn: 0,
            totalLength: 20 + length,
            id: 7,
            reserved: false,
            dontFragment: true,
            moreFragments: false,
            fragmentOffset: 0,
            ttl: 64,
            protocol: 6,
            source: '10.0.0.1',
            destination: '10.0.0.2',
            options: new Uint8Array(0),
          },
          bytes,
          0,
        );
        bytes.set(payload, encodeTcp(h, bytes, 20));
        writeTcpChecksum(bytes, 12, 16, 4, 20, length);
        expect(tcpChecksum(bytes, 12, 16, 4, 20, length)).toBe(0);
        const flipped = bytes.slice();
        flipped[25] = (flipped[25] as number) ^ 1;
        expect(tcpChecksum(flipped, 12, 16, 4, 20, length)).not.toBe(0);
      }),
    );
  });

  it('says why a header cannot be read', () => {
    const cut = decodeTcp(new Uint8Array(12), 0, 12);
    expect(cut.ok ? '' : cut.problems[0]?.what).toBe('a TCP header needs 20 bytes, 12 are there');
    const offset = decodeTcp(new Uint8Array(20), 0, 20);
    expect(offset.ok ? '' : offset.problems[0]?.what).toBe('TCP data offset of 0 bytes is outside 20 to 20');
  });
});

describe('TCP field map', () => {
  it('covers every bit of the header once, with a section for each field', () => {
    fc.assert(
      fc.property(header, (h) => {
        const bytes = new Uint8Array(60);
        const end = encodeTcp(h, bytes, 0);
        const fields = tcpFields(bytes, 0, end);
        const covered = new Uint8Array(end * 8);
        for (const f of fields) for (let b = f.bit; b < f.bit + f.bits; b++) covered[b] = (covered[b] as number) + 1;
        // The last reserved bit is shown twice: as reserved and as the flag AE (RFC 9768 §3.1).
        expect([...covered].filter((n, b) => n !== (b === 103 ? 2 : 1))).toEqual([]);
        for (const f of flat(fields)) expect(f.rfc).toMatch(/^RFC \d+/);
        for (const f of fields) {
          for (const part of f.parts) {
            expect(part.bit).toBeGreaterThanOrEqual(f.bit);
            expect(part.bit + part.bits).toBeLessThanOrEqual(f.bit + f.bits);
          }
        }
      }),
    );
  });

  it('stays inside of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        for (const f of flat(tcpFields(bytes, 0, bytes.length)))
          expect(f.bit + f.bits).toBeLessThanOrEqual(bytes.length * 8);
      }),
    );
  });

  it('names flags, relative numbers and scaled windows', () => {
    const bytes = new Uint8Array(20);
    encodeTcp(
      {
        sourcePort: 5001,
        destinationPort: 47846,
        seq: seq32(41993 + 100),
        ack: seq32(201),
        reserved: 0,
        flags: 0x18,
        window: 64,
        urgent: 0,
        options: [],
      },
      bytes,
      0,
    );
    const fields = tcpFields(bytes, 0, 20, { isn: 100, peerIsn: 100, windowScale: 10, checksumRight: null });
    const by = (id: string): Field | undefined => fields.find((f) => f.id === id);
    expect(by('tcp.seq')).toMatchObject({
      value: '42,093',
      meaning: '41,993 relative',
      bit: 32,
      bits: 32,
      rfc: 'RFC 9293 §3.4',
    });
    expect(by('tcp.flags')?.value).toBe('PSH, ACK');
    expect(by('tcp.window')).toMatchObject({ value: '64', meaning: '65,536 bytes, scale 10' });
    expect(by('tcp.flags')?.parts.find((f) => f.name === 'PSH')).toMatchObject({ bit: 108, bits: 1, value: 'set' });
    expect(tcpFlagText(0x12)).toBe('SYN, ACK');
  });
});

describe('UDP header', () => {
  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(
        fc.record({
          sourcePort: fc.nat(65535),
          destinationPort: fc.nat(65535),
          length: fc.nat(65535),
          checksum: fc.nat(65535),
        }),
        (h) => {
          const bytes = new Uint8Array(8);
          encodeUdp(h, bytes, 0);
          expect(decodeUdp(bytes, 0, 8)).toEqual({ ok: true, value: h });
        },
      ),
    );
  });
});
