import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkFields } from '../../src/wire/link/fields.ts';
import { locateNetwork, NOT_IP } from '../../src/wire/link/locate.ts';
import { LinkType } from '../../src/wire/link/types.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
const v4 = '45000014';
const v6 = '60000000';
const macs = '0102030405060708090a0b0c';

describe('finding IP in a frame', () => {
  it.each([
    ['Ethernet', LinkType.Ethernet, `${macs} 0800 ${v4}`, 14],
    ['Ethernet, IPv6', LinkType.Ethernet, `${macs} 86dd ${v6}`, 14],
    ['VLAN', LinkType.Ethernet, `${macs} 8100 0064 0800 ${v4}`, 18],
    ['QinQ', LinkType.Ethernet, `${macs} 88a8 0064 8100 0065 86dd ${v6}`, 22],
    ['MPLS', LinkType.Ethernet, `${macs} 8847 00010040 00020140 ${v4}`, 22],
    ['PPPoE session', LinkType.Ethernet, `${macs} 8864 11000001 0016 0021 ${v4}`, 22],
    ['LLC with SNAP', LinkType.Ethernet, `${macs} 0020 aaaa03 000000 0800 ${v4}`, 22],
    ['ARP', LinkType.Ethernet, `${macs} 0806 00010800`, NOT_IP],
    ['loopback, little endian', LinkType.Null, `02000000 ${v4}`, 4],
    ['loopback, big endian', LinkType.Null, `00000002 ${v4}`, 4],
    ['loopback, IPv6 of macOS', LinkType.Null, `1e000000 ${v6}`, 4],
    ['loopback, OpenBSD', LinkType.Loop, `00000018 ${v6}`, 4],
    ['raw', LinkType.Raw, v4, 0],
    ['raw 12', LinkType.RawBsd, v6, 0],
    ['raw IPv4', LinkType.Ipv4, v4, 0],
    ['cooked', LinkType.Sll, `0000 0001 0006 0102030405060000 0800 ${v4}`, 16],
    ['cooked 2', LinkType.Sll2, `0800 0000 00000001 0001 00 06 0102030405060000 ${v4}`, 20],
    ['PPP', LinkType.Ppp, `ff03 0021 ${v4}`, 4],
    ['PPP, short', LinkType.Ppp, `21 ${v4}`, 1],
    ['Cisco HDLC', LinkType.CiscoHdlc, `0f00 0800 ${v4}`, 4],
    [
      'radiotap',
      LinkType.Radiotap,
      `0000 0800 00000000 0801 0000 ${macs} 010203040506 0000 aaaa03000000 0800 ${v4}`,
      40,
    ],
    ['NFLOG', LinkType.Nflog, `02000000 0800 0100 00000000 0c00 0900 ${v4}`, 16],
    ['unknown type', 99, v4, NOT_IP],
  ])('%s', (_, type, hex, place) => {
    const bytes = bytesOf(hex);
    expect(locateNetwork(type, bytes, 0, bytes.length)).toBe(place);
  });

  it('ends for any bytes, inside of them', () => {
    const types = fc.constantFrom(...Object.values(LinkType), 99, 195);
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 64 }), (type, bytes) => {
        const place = locateNetwork(type, bytes, 0, bytes.length);
        expect(place).toBeLessThan(Math.max(1, bytes.length));
        for (const f of linkFields(type, bytes, 0, Math.max(0, place)))
          expect(f.bit + f.bits).toBeLessThanOrEqual(bytes.length * 8);
      }),
    );
  });
});
