import { u16, u32, u8 } from '../bytes.ts';
import { FieldWriter, grouped, hex, hexBytes } from '../field.ts';
import type { Field } from '../field.ts';
import { addressText } from './address.ts';
import { internetChecksum } from './checksum.ts';
import { IPV4_BASE_SIZE } from './ipv4.ts';
import { IPV6_SIZE } from './ipv6.ts';
import { IpProtocol, protocolName } from './protocols.ts';

const ecnNames = ['not ECN-capable', 'ECT(1)', 'ECT(0)', 'congestion experienced'] as const;
const bit = (value: number): string => (value !== 0 ? 'set' : 'not set');

/** The fields of the IPv4 header at `at`; `end` is behind the captured bytes. Fields that are cut off are left out. */
export const ipv4Fields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const w = new FieldWriter('ip', at, 'RFC 791 §3.1');
  if (end - at < IPV4_BASE_SIZE) return w.fields;
  const size = Math.min((u8(bytes, at) & 15) * 4, end - at);
  const ecn = u8(bytes, at + 1) & 3;
  const fragment = u16(bytes, at + 6);
  const total = u16(bytes, at + 2);
  w.add('version', 'Version', 0, 4, String(u8(bytes, at) >>> 4), 'IPv4');
  w.add('headerLength', 'Header length', 4, 4, String(u8(bytes, at) & 15), `${String(size)} bytes`);
  w.add('dscp', 'Differentiated services', 8, 6, String(u8(bytes, at + 1) >>> 2), '', 'RFC 2474 §3');
  w.add('ecn', 'ECN', 14, 2, String(ecn), ecnNames[ecn as 0 | 1 | 2 | 3], 'RFC 3168 §5');
  w.add('totalLength', 'Total length', 16, 16, grouped(total), total === 0 ? 'to be cut by the network card' : 'bytes');
  w.add('id', 'Identification', 32, 16, hex(u16(bytes, at + 4), 4), 'joins the fragments of one packet', 'RFC 6864 §4');
  w.add('flags', 'Flags', 48, 3, hex(fragment >>> 13, 1), '', undefined, [
    w.make('flags.reserved', 'Reserved', 48, 1, bit(fragment & 0x8000)),
    w.make('flags.df', "Don't fragment", 49, 1, bit(fragment & 0x4000)),
    w.make('flags.mf', 'More fragments', 50, 1, bit(fragment & 0x2000)),
  ]);
  w.add('fragmentOffset', 'Fragment offset', 51, 13, grouped((fragment & 0x1fff) * 8), 'bytes');
  w.add('ttl', 'Time to live', 64, 8, String(u8(bytes, at + 8)), 'hops left');
  w.add('protocol', 'Protocol', 72, 8, String(u8(bytes, at + 9)), protocolName(u8(bytes, at + 9)));
  w.add(
    'checksum',
    'Header checksum',
    80,
    16,
    hex(u16(bytes, at + 10), 4),
    internetChecksum(bytes, at, size) === 0 ? 'right' : 'wrong, or left to the network card',
  );
  w.add('source', 'Source', 96, 32, addressText(bytes, at + 12, 4));
  w.add('destination', 'Destination', 128, 32, addressText(bytes, at + 16, 4));
  if (size > IPV4_BASE_SIZE) {
    const options = bytes.subarray(at + IPV4_BASE_SIZE, at + size);
    w.add('options', 'Options', 160, options.length * 8, hexBytes(options), `${String(options.length)} bytes`);
  }
  return w.fields;
};

/** The fields of the IPv6 header at `at` and of its extension headers up to `transport`. */
export const ipv6Fields = (bytes: Uint8Array, at: number, end: number, transport: number): Field[] => {
  const w = new FieldWriter('ipv6', at, 'RFC 8200 §3');
  if (end - at < IPV6_SIZE) return w.fields;
  const word = u32(bytes, at);
  const ecn = (word >>> 20) & 3;
  const next = u8(bytes, at + 6);
  w.add('version', 'Version', 0, 4, String(word >>> 28), 'IPv6');
  w.add('dscp', 'Differentiated services', 4, 6, String((word >>> 22) & 0x3f), '', 'RFC 2474 §3');
  w.add('ecn', 'ECN', 10, 2, String(ecn), ecnNames[ecn as 0 | 1 | 2 | 3], 'RFC 3168 §5');
  w.add('flowLabel', 'Flow label', 12, 20, hex(word & 0xfffff, 5), '', 'RFC 6437 §2');
  w.add('payloadLength', 'Payload length', 32, 16, grouped(u16(bytes, at + 4)), 'bytes behind this header');
  w.add('nextHeader', 'Next header', 48, 8, String(next), protocolName(next));
  w.add('hopLimit', 'Hop limit', 56, 8, String(u8(bytes, at + 7)), 'hops left');
  w.add('source', 'Source', 64, 128, addressText(bytes, at + 8, 16));
  w.add('destination', 'Destination', 192, 128, addressText(bytes, at + 24, 16));
  let kind = next;
  let place = at + IPV6_SIZE;
  while (place + 8 <= Math.min(transport, end)) {
    const size =
      kind === IpProtocol.Ah
        ? (u8(bytes, place + 1) + 2) * 4
        : kind === IpProtocol.Fragment
          ? 8
          : (u8(bytes, place + 1) + 1) * 8;
    const shown = bytes.subarray(place, Math.min(place + size, end));
    const from = (place - at) * 8;
    w.add(
      `extension.${String(kind)}`,
      protocolName(kind),
      from,
      shown.length * 8,
      hexBytes(shown),
      `${String(size)} bytes`,
      'RFC 8200 §4',
      [w.make('extension.next', 'Next header', from, 8, String(u8(bytes, place)), protocolName(u8(bytes, place)))],
    );
    kind = u8(bytes, place);
    place += size;
  }
  return w.fields;
};
