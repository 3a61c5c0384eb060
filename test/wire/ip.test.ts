import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressText, parseAddress } from '../../src/wire/ip/address.ts';
import { foldChecksum, internetChecksum, sumWords } from '../../src/wire/ip/checksum.ts';
import { decodeIpv4, encodeIpv4, ipv4HeaderSize } from '../../src/wire/ip/ipv4.ts';
import type { Ipv4Header } from '../../src/wire/ip/ipv4.ts';
import { decodeIpv6, encodeIpv6, IPV6_SIZE } from '../../src/wire/ip/ipv6.ts';
import { ipPlaces, locateIp } from '../../src/wire/ip/locate.ts';
import { ipv4Fields, ipv6Fields } from '../../src/wire/ip/fields.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

const v4Text = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((p) => p.join('.'));
const v6Text = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((b) => addressText(b, 0, 16));

const v4Header: fc.Arbitrary<Ipv4Header> = fc.record({
  dscp: fc.nat(63),
  ecn: fc.nat(3),
  totalLength: fc.integer({ min: 20, max: 65535 }),
  id: fc.nat(65535),
  reserved: fc.boolean(),
  dontFragment: fc.boolean(),
  moreFragments: fc.boolean(),
  fragmentOffset: fc.nat(8191).map((n) => n * 8),
  ttl: fc.nat(255),
  protocol: fc.nat(255),
  source: v4Text,
  destination: v4Text,
  options: fc.nat(10).chain((n) => fc.uint8Array({ minLength: n * 4, maxLength: n * 4 })),
});

describe('Internet checksum', () => {
  it('adds up the example of RFC 1071 §3', () => {
    const bytes = bytesOf('0001 f203 f4f5 f6f7');
    expect(sumWords(bytes, 0, 8)).toBe(0x2ddf0);
    expect(foldChecksum(0x2ddf0)).toBe(0x220d);
  });

  it('is b861 for the usual textbook header, and 0 over a header that holds it', () => {
    const header = bytesOf('4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7');
    expect(internetChecksum(header, 0, 20)).toBe(0xb861);
    header.set([0xb8, 0x61], 10);
    expect(internetChecksum(header, 0, 20)).toBe(0);
  });

  it('takes an odd last byte as the high half of a word', () => {
    expect(internetChecksum(bytesOf('0001 f2'), 0, 3)).toBe(internetChecksum(bytesOf('0001 f200'), 0, 4));
  });
});

describe('addresses', () => {
  it.each([
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    ['2001:0:0:1::1', '20010000000000010000000000000001'],
    ['fe80::', 'fe800000000000000000000000000000'],
  ])('writes %s as RFC 5952 says', (text, hex) => {
    expect(addressText(bytesOf(hex), 0, 16)).toBe(text);
    expect(parseAddress(text)).toEqual(bytesOf(hex));
  });

  it('reads the address that it wrote', () => {
    fc.assert(fc.property(v4Text, (text) => addressText(parseAddress(text) ?? new Uint8Array(4), 0, 4) === text));
    fc.assert(fc.property(v6Text, (text) => addressText(parseAddress(text) ?? new Uint8Array(16), 0, 16) === text));
  });

  it('refuses what is no address', () => {
    for (const text of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', ':::', '1::2::3', '12345::', 'g::1', '1:2:3:4:5:6:7']) {
      expect(parseAddress(text), text).toBeNull();
    }
    expect(parseAddress('::ffff:10.0.0.1')).toEqual(bytesOf('00000000000000000000ffff0a000001'));
  });
});

describe('IPv4', () => {
  it('decodes what it encoded, with a right checksum and the size that it said', () => {
    fc.assert(
      fc.property(v4Header, fc.nat(7), (header, at) => {
        const bytes = new Uint8Array(at + 60);
        const end = encodeIpv4(header, bytes, at);
        expect(end - at).toBe(ipv4HeaderSize(header));
        expect(internetChecksum(bytes, at, end - at)).toBe(0);
        expect(decodeIpv4(bytes, at, end)).toEqual({ ok: true, value: header });
      }),
    );
  });

  it('says what is wrong with a cut or foreign header', () => {
    const short = decodeIpv4(new Uint8Array(10), 0, 10);
    expect(short.ok ? '' : short.problems[0]?.what).toBe('an IPv4 header needs 20 bytes, 10 are there');
    const six = decodeIpv4(bytesOf('60'.padEnd(80, '0')), 0, 40);
    expect(six.ok ? '' : six.problems[0]?.what).toBe('IP version 6 where 4 was expected');
  });
});

describe('IPv6', () => {
  it('decodes what it encoded', () => {
    const header = fc.record({
      dscp: fc.nat(63),
      ecn: fc.nat(3),
      flowLabel: fc.nat(0xfffff),
      payloadLength: fc.nat(65535),
      nextHeader: fc.nat(255),
      hopLimit: fc.nat(255),
      source: v6Text,
      destination: v6Text,
    });
    fc.assert(
      fc.property(header, (h) => {
        const bytes = new Uint8Array(IPV6_SIZE);
        encodeIpv6(h, bytes, 0);
        expect(decodeIpv6(bytes, 0, 40)).toEqual({ ok: true, value: h });
      }),
    );
  });
});

describe('finding the transport', () => {
  it('takes a total length of 0 for the whole frame (TSO)', () => {
    const bytes = bytesOf('4500 0000 0000 4000 4006 0000 0a000001 0a000002'.padEnd(120, '0'));
    const places = ipPlaces();
    expect(locateIp(bytes, 0, bytes.length, 5000, places)).toBe(true);
    expect([places.transport, places.end]).toEqual([20, 5000]);
  });

  it('walks over extension headers and takes the last address of a routing header', () => {
    // Hop-by-hop (8 bytes), routing type 0 with one address and one segment left, then TCP.
    const addresses = `${'11'.repeat(16)}${'22'.repeat(16)}`;
    const bytes = bytesOf(
      `60000000 0034 00 40 ${addresses} 2b000000 00000000 06020001 00000000 ${'33'.repeat(16)} ${'00'.repeat(20)}`,
    );
    const places = ipPlaces();
    expect(locateIp(bytes, 0, bytes.length, bytes.length, places)).toBe(true);
    expect(places.protocol).toBe(6);
    expect(places.transport).toBe(40 + 8 + 24);
    expect(bytes[places.destination]).toBe(0x33);
  });

  it('never reads outside of any bytes', () => {
    const places = ipPlaces();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
        const found = locateIp(bytes, 0, bytes.length, bytes.length, places);
        expect(typeof found).toBe('boolean');
        for (const field of [
          ...ipv4Fields(bytes, 0, bytes.length),
          ...ipv6Fields(bytes, 0, bytes.length, places.transport),
        ]) {
          expect(field.bit + field.bits).toBeLessThanOrEqual(bytes.length * 8);
        }
      }),
    );
  });
});
