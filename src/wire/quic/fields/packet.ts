import { u8 } from '../../bytes.ts';
import { FieldWriter, grouped, hex, hexBytes } from '../../field.ts';
import type { Field } from '../../field.ts';
import { quicVersionName } from '../codes.ts';
import type { OpenedPacket } from '../crypto/protection.ts';
import type { PacketPlace } from '../packet/datagram.ts';
import { VarintCursor } from '../cursor.ts';

/** Where each kind of packet stands. */
const sections: Readonly<Record<PacketPlace['kind'], string>> = {
  initial: 'RFC 9000 §17.2.2',
  zeroRtt: 'RFC 9000 §17.2.3',
  handshake: 'RFC 9000 §17.2.4',
  retry: 'RFC 9000 §17.2.5',
  versionNegotiation: 'RFC 9000 §17.2.1',
  otherVersion: 'RFC 8999 §5.1',
  oneRtt: 'RFC 9000 §17.3.1',
};
const names: Readonly<Record<PacketPlace['kind'], string>> = {
  initial: 'Initial',
  zeroRtt: '0-RTT',
  handshake: 'Handshake',
  retry: 'Retry',
  versionNegotiation: 'Version Negotiation',
  otherVersion: 'of another version',
  oneRtt: '1-RTT',
};

export const packetName = (kind: PacketPlace['kind']): string => names[kind];

/** What is known of a packet once it is opened; without it, hidden bits stay hidden. */
export type OpenedHead = Pick<OpenedPacket, 'header' | 'number' | 'numberLength' | 'keyPhase'>;

const HIDDEN = 'hidden by header protection';
const PROTECTION = 'RFC 9001 §5.4';

/** The bits of the first byte, of which protection hides the last four or five. */
const firstByte = (w: FieldWriter, bytes: Uint8Array, place: PacketPlace, opened: OpenedHead | null): void => {
  const wire = u8(bytes, place.at);
  const first = opened ? u8(opened.header, 0) : wire;
  const bit = (mask: number): string => ((first & mask) !== 0 ? 'set' : 'not set');
  const isShort = place.kind === 'oneRtt';
  w.add('form', 'Header form', 0, 1, isShort ? 'short' : 'long', '', 'RFC 8999 §5.1');
  if (place.kind === 'versionNegotiation' || place.kind === 'otherVersion') {
    w.add('unused', 'Unused', 1, 7, hex(first & 0x7f, 2));
    return;
  }
  w.add('fixed', 'Fixed bit', 1, 1, bit(0x40), (first & 0x40) === 0 ? 'greased: RFC 9287' : 'tells QUIC from others');
  const hidden = opened ? '' : HIDDEN;
  const shown = (value: string): string => (opened ? value : 'hidden');
  if (isShort) {
    w.add('spin', 'Spin bit', 2, 1, bit(0x20), 'lets the path measure round trips', 'RFC 9000 §17.4');
    w.add('reserved', 'Reserved', 3, 2, shown(String((first >>> 3) & 3)), hidden, PROTECTION);
    w.add(
      'keyPhase',
      'Key phase',
      5,
      1,
      shown(String((first >>> 2) & 1)),
      hidden || 'changes with each key update',
      'RFC 9001 §6',
    );
  } else {
    w.add('type', 'Packet type', 2, 2, names[place.kind], String((wire >>> 4) & 3));
    if (place.kind === 'retry') {
      w.add('unused', 'Unused', 4, 4, hex(first & 15, 1));
      return;
    }
    w.add('reserved', 'Reserved', 4, 2, shown(String((first >>> 2) & 3)), hidden, PROTECTION);
  }
  w.add('numberLength', 'Packet number length', 6, 2, shown(String((first & 3) + 1)), hidden || 'bytes', PROTECTION);
};

/** The fields of a packet's header, of `bytes` that hold its datagram; its frames are in another map. */
export const packetFields = (bytes: Uint8Array, place: PacketPlace, opened: OpenedHead | null = null): Field[] => {
  const rfc = sections[place.kind];
  const w = new FieldWriter('quic', place.at, rfc);
  firstByte(w, bytes, place, opened);
  const c = new VarintCursor(bytes, place.at + 1, place.end, 'quic', rfc);
  const id = (key: string, name: string): void => {
    const length = c.number(1, `${key}Length`, `${name} length`, (value) => [String(value), 'bytes']);
    c.opaque(length, key, name, '', 'RFC 9000 §5.1');
  };
  if (place.kind === 'oneRtt')
    c.opaque(place.destination.length, 'destination', 'Destination connection id', '', 'RFC 9000 §5.1');
  else {
    c.number(4, 'version', 'Version', (value) => [quicVersionName(value), hex(value, 8)]);
    id('destination', 'Destination connection id');
    id('source', 'Source connection id');
  }
  if (place.kind === 'initial') {
    const length = c.varint('tokenLength', 'Token length', { meaning: () => 'bytes' });
    c.opaque(length, 'token', 'Token', length === 0 ? 'none' : 'shows the server an address that it has seen');
  }
  if (place.kind === 'retry') {
    c.opaque(Math.max(0, c.left - 16), 'token', 'Retry token', 'to be sent back in the next Initial');
    c.opaque(c.left, 'tag', 'Retry integrity tag', 'shows that the Initial was seen', 'RFC 9001 §5.8');
  } else if (place.kind === 'versionNegotiation') {
    while (c.left >= 4)
      c.number(4, 'supported', 'Supported version', (value) => [quicVersionName(value), hex(value, 8)]);
  } else if (place.kind !== 'otherVersion') {
    if (place.kind !== 'oneRtt')
      c.varint('length', 'Length', { meaning: () => 'bytes from the packet number to the tag' });
    const { numberAt, end } = place;
    const numberEnd = Math.min(end, numberAt + (opened?.numberLength ?? 0));
    const add = (name: string, from: number, to: number, text: readonly [string, string, string, string]): void => {
      const [key, value, meaning, section] = text;
      if (to > from) c.w.add(key, name, from * 8, (to - from) * 8, value, meaning, section);
    };
    if (opened)
      add('Packet number', numberAt, numberEnd, [
        'number',
        grouped(opened.number),
        `sent as ${hexBytes(opened.header.subarray(numberAt - place.at))}, and hidden`,
        'RFC 9000 §17.1',
      ]);
    const tagAt = Math.max(numberEnd, end - 16);
    const where = opened ? 'RFC 9001 §5.3' : 'RFC 9001 §5';
    const what = opened ? 'encrypted frames' : 'packet number and frames, protected';
    add(opened ? 'Payload' : 'Protected payload', numberEnd, tagAt, [
      'payload',
      `${grouped(tagAt - numberEnd)} bytes`,
      what,
      where,
    ]);
    add('Authentication tag', tagAt, end, [
      'tag',
      hexBytes(bytes.subarray(tagAt, end)),
      'shows that nothing was changed',
      where,
    ]);
  }
  return [...w.fields, ...c.fields];
};
