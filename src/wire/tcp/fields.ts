import { u16, u32, u8 } from '../bytes.ts';
import { FieldWriter, grouped, hex } from '../field.ts';
import type { Field } from '../field.ts';
import { TCP_BASE_SIZE } from './header.ts';
import { NO_CONTEXT, relative } from './context.ts';
import type { TcpContext } from './context.ts';
import { tcpOptionFields } from './optionFields.ts';

const RFC = 'RFC 9293 §3.1';

/** The control bits from the first to the last: bit of the header, mask, short name, what it says, section. */
const controlBits = [
  [103, 0x100, 'AE', 'accurate ECN', 'RFC 9768 §3.1'],
  [104, 0x80, 'CWR', 'congestion window reduced', 'RFC 3168 §6.1.2'],
  [105, 0x40, 'ECE', 'ECN echo', 'RFC 3168 §6.1.3'],
  [106, 0x20, 'URG', 'the urgent pointer counts', RFC],
  [107, 0x10, 'ACK', 'the acknowledgement number counts', RFC],
  [108, 0x08, 'PSH', 'hand it to the application', RFC],
  [109, 0x04, 'RST', 'reset the connection', RFC],
  [110, 0x02, 'SYN', 'synchronize sequence numbers', RFC],
  [111, 0x01, 'FIN', 'no more bytes from the sender', RFC],
] as const;

/** Flags as text in the header's order from the right, as people say them: "SYN, ACK". */
export const tcpFlagText = (flags: number): string => {
  const names = [...controlBits].reverse().filter(([, mask]) => (flags & mask) !== 0);
  return names.length === 0 ? 'none' : names.map(([, , name]) => name).join(', ');
};

/** The fields of the TCP header at `at`; `end` is behind the captured bytes. Options that are cut off are left out. */
export const tcpFields = (bytes: Uint8Array, at: number, end: number, context: TcpContext = NO_CONTEXT): Field[] => {
  const w = new FieldWriter('tcp', at, RFC);
  if (end - at < TCP_BASE_SIZE) return w.fields;
  const size = (u8(bytes, at + 12) >>> 4) * 4;
  const flags = u16(bytes, at + 12) & 0xfff;
  const seq = u32(bytes, at + 4);
  const ack = u32(bytes, at + 8);
  const window = u16(bytes, at + 14);
  w.add('sourcePort', 'Source port', 0, 16, String(u16(bytes, at)));
  w.add('destinationPort', 'Destination port', 16, 16, String(u16(bytes, at + 2)));
  w.add('seq', 'Sequence number', 32, 32, grouped(seq), relative(seq, context.isn), 'RFC 9293 §3.4');
  w.add(
    'ack',
    'Acknowledgement number',
    64,
    32,
    grouped(ack),
    (flags & 0x10) === 0 ? 'does not count' : relative(ack, context.peerIsn) || 'next byte expected',
    'RFC 9293 §3.4',
  );
  w.add('dataOffset', 'Data offset', 96, 4, String(size >>> 2), `${String(size)} bytes of header`);
  w.add('reserved', 'Reserved', 100, 4, hex(flags >>> 8, 1), 'zero but for accurate ECN');
  w.add(
    'flags',
    'Flags',
    103,
    9,
    tcpFlagText(flags),
    hex(flags & 0x1ff, 3),
    undefined,
    controlBits.map(([place, mask, name, meaning, rfc]) =>
      w.make(`flags.${name.toLowerCase()}`, name, place, 1, (flags & mask) !== 0 ? 'set' : 'not set', meaning, rfc),
    ),
  );
  const scaled = context.windowScale !== null && (flags & 0x02) === 0;
  w.add(
    'window',
    'Window',
    112,
    16,
    grouped(window),
    scaled
      ? `${grouped(window * 2 ** context.windowScale)} bytes, scale ${String(context.windowScale)}`
      : 'bytes, unscaled',
    scaled ? 'RFC 7323 §2.3' : RFC,
  );
  w.add(
    'checksum',
    'Checksum',
    128,
    16,
    hex(u16(bytes, at + 16), 4),
    context.checksumRight === null
      ? 'not checked: bytes are missing'
      : context.checksumRight
        ? 'right'
        : 'wrong, or left to the network card',
  );
  w.add('urgent', 'Urgent pointer', 144, 16, String(u16(bytes, at + 18)), (flags & 0x20) === 0 ? 'does not count' : '');
  const optionsEnd = Math.min(at + size, end);
  for (const field of tcpOptionFields(bytes, at, at + TCP_BASE_SIZE, optionsEnd, context)) w.fields.push(field);
  return w.fields;
};
