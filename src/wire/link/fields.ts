import { u16, u32 } from '../bytes.ts';
import { FieldWriter, hex, hexBytes } from '../field.ts';
import type { Field } from '../field.ts';
import { linkTypeName, LinkType } from './types.ts';

const mac = (bytes: Uint8Array, at: number): string => hexBytes(bytes.subarray(at, at + 6), 6).replaceAll(' ', ':');

const etherTypes: Readonly<Record<number, string>> = {
  0x0800: 'IPv4',
  0x0806: 'ARP',
  0x86dd: 'IPv6',
  0x8100: 'VLAN tag',
  0x88a8: 'provider VLAN tag',
  0x8847: 'MPLS',
  0x8864: 'PPPoE session',
};
const etherName = (type: number): string => etherTypes[type] ?? (type <= 1500 ? 'length of an LLC frame' : '');

const ethernet = (bytes: Uint8Array, at: number, networkAt: number): Field[] => {
  const w = new FieldWriter('eth', at, 'IEEE 802.3 §3.1');
  w.add('destination', 'Destination', 0, 48, mac(bytes, at));
  w.add('source', 'Source', 48, 48, mac(bytes, at + 6));
  let type = u16(bytes, at + 12);
  w.add('type', 'EtherType', 96, 16, hex(type, 4), etherName(type));
  let place = at + 14;
  while ((type === 0x8100 || type === 0x88a8 || type === 0x9100) && place + 4 <= networkAt) {
    const tag = u16(bytes, place);
    const bit = (place - at) * 8;
    type = u16(bytes, place + 2);
    w.add('vlan', 'VLAN', bit, 16, String(tag & 0xfff), `priority ${String(tag >>> 13)}`, 'IEEE 802.1Q §9.6');
    w.add('vlan.type', 'EtherType', bit + 16, 16, hex(type, 4), etherName(type), 'IEEE 802.1Q §9.3');
    place += 4;
  }
  return w.fields;
};

const cooked = (bytes: Uint8Array, at: number): Field[] => {
  const w = new FieldWriter('sll', at, 'LINKTYPE_LINUX_SLL');
  const directions = ['to us', 'broadcast', 'multicast', 'to another host', 'from us'];
  w.add('packetType', 'Packet type', 0, 16, String(u16(bytes, at)), directions[u16(bytes, at)] ?? '');
  w.add('hardware', 'Hardware type', 16, 16, String(u16(bytes, at + 2)));
  w.add('addressLength', 'Address length', 32, 16, String(u16(bytes, at + 4)));
  w.add('address', 'Sender', 48, 64, hexBytes(bytes.subarray(at + 6, at + 14)));
  w.add('type', 'EtherType', 112, 16, hex(u16(bytes, at + 14), 4), etherName(u16(bytes, at + 14)));
  return w.fields;
};

/** The fields of the link-layer header in [at, networkAt); unknown kinds are one field of bytes. */
export const linkFields = (linkType: number, bytes: Uint8Array, at: number, networkAt: number): Field[] => {
  const size = networkAt - at;
  if (size <= 0) return [];
  if (linkType === LinkType.Ethernet && size >= 14) return ethernet(bytes, at, networkAt);
  if (linkType === LinkType.Sll && size >= 16) return cooked(bytes, at);
  const w = new FieldWriter('link', at, 'tcpdump.org/linktypes');
  if (linkType === LinkType.Null && size >= 4) {
    w.add('family', 'Address family', 0, 32, hex(u32(bytes, at), 8), 'in the byte order of the host');
    return w.fields;
  }
  w.add(
    'header',
    linkTypeName(linkType),
    0,
    size * 8,
    hexBytes(bytes.subarray(at, networkAt)),
    `${String(size)} bytes`,
  );
  return w.fields;
};
