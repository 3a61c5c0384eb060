import { u16, u32, u8 } from '../bytes.ts';
import { FieldWriter, grouped, hexBytes } from '../field.ts';
import type { Field } from '../field.ts';
import { relative } from './context.ts';
import type { TcpContext } from './context.ts';
import { isFastOpenLength, TcpOptionKind } from './options.ts';

/** Names and sections of options that are shown raw (IANA TCP parameters). */
const otherOptions: Readonly<Record<number, readonly [string, string]>> = {
  6: ['Echo', 'RFC 1072 §3'],
  7: ['Echo reply', 'RFC 1072 §3'],
  14: ['Alternate checksum request', 'RFC 1146 §2'],
  19: ['MD5 signature', 'RFC 2385 §2'],
  27: ['Quick-start response', 'RFC 4782 §4'],
  28: ['User timeout', 'RFC 5482 §3'],
  29: ['Authentication (AO)', 'RFC 5925 §2'],
  30: ['Multipath TCP', 'RFC 8684 §3'],
  172: ['Accurate ECN order 0', 'RFC 9768 §3.2.3'],
  174: ['Accurate ECN order 1', 'RFC 9768 §3.2.3'],
  253: ['Experiment', 'RFC 6994 §3'],
  254: ['Experiment', 'RFC 6994 §3'],
};

/** A field a known option, with kind, length and contents as parts; null where the length does not fit the kind. */
const knownOption = (
  w: FieldWriter,
  bytes: Uint8Array,
  place: number,
  length: number,
  bit: number,
  context: TcpContext,
): Field | null => {
  const head = (id: string, rfc: string): Field[] => [
    w.make(`${id}.kind`, 'Kind', bit, 8, String(u8(bytes, place)), '', rfc),
    w.make(`${id}.length`, 'Length', bit + 8, 8, String(length), 'bytes', rfc),
  ];
  const bits = length * 8;
  switch (u8(bytes, place)) {
    case TcpOptionKind.Mss: {
      if (length !== 4) return null;
      const rfc = 'RFC 9293 §3.7.1';
      const value = grouped(u16(bytes, place + 2));
      return w.make(
        'option.mss',
        'Maximum segment size',
        bit,
        bits,
        value,
        'bytes the sender takes in one segment',
        rfc,
        [...head('option.mss', rfc), w.make('option.mss.value', 'MSS', bit + 16, 16, value, 'bytes', rfc)],
      );
    }
    case TcpOptionKind.WindowScale: {
      if (length !== 3) return null;
      const rfc = 'RFC 7323 §2.2';
      const shift = u8(bytes, place + 2);
      // RFC 7323 §2.3: a shift above 14 counts as 14.
      const meaning = `windows count in units of ${grouped(2 ** Math.min(shift, 14))} bytes`;
      return w.make('option.windowScale', 'Window scale', bit, bits, String(shift), meaning, rfc, [
        ...head('option.windowScale', rfc),
        w.make('option.windowScale.shift', 'Shift', bit + 16, 8, String(shift), meaning, rfc),
      ]);
    }
    case TcpOptionKind.SackPermitted:
      if (length !== 2) return null;
      return w.make(
        'option.sackPermitted',
        'SACK permitted',
        bit,
        bits,
        'yes',
        'the sender understands SACK',
        'RFC 2018 §2',
        head('option.sackPermitted', 'RFC 2018 §2'),
      );
    case TcpOptionKind.Timestamps: {
      if (length !== 10) return null;
      const rfc = 'RFC 7323 §3.2';
      const value = String(u32(bytes, place + 2));
      const echo = String(u32(bytes, place + 6));
      return w.make(
        'option.timestamps',
        'Timestamps',
        bit,
        bits,
        `${value} / ${echo}`,
        'own clock / echo of the peer’s',
        rfc,
        [
          ...head('option.timestamps', rfc),
          w.make('option.timestamps.value', 'TSval', bit + 16, 32, value, 'the sender’s clock', rfc),
          w.make('option.timestamps.echo', 'TSecr', bit + 48, 32, echo, 'the last clock heard from the peer', rfc),
        ],
      );
    }
    case TcpOptionKind.Sack: {
      if (length < 10 || (length - 2) % 8 !== 0) return null;
      const rfc = 'RFC 2018 §3';
      const parts = head('option.sack', rfc);
      const texts: string[] = [];
      for (let k = 2; k < length; k += 8) {
        const left = u32(bytes, place + k);
        const right = u32(bytes, place + k + 4);
        const base = context.peerIsn ?? 0;
        texts.push(`${grouped((left - base) >>> 0)}–${grouped((right - base) >>> 0)}`);
        const n = String((k - 2) / 8 + 1);
        parts.push(
          w.make(
            `option.sack.${n}.left`,
            `Block ${n} left edge`,
            bit + k * 8,
            32,
            grouped(left),
            relative(left, context.peerIsn),
            rfc,
          ),
          w.make(
            `option.sack.${n}.right`,
            `Block ${n} right edge`,
            bit + k * 8 + 32,
            32,
            grouped(right),
            relative(right, context.peerIsn),
            rfc,
          ),
        );
      }
      const meaning = context.peerIsn === null ? 'these bytes are here' : 'these bytes are here (relative)';
      return w.make('option.sack', 'SACK', bit, bits, texts.join(', '), meaning, rfc, parts);
    }
    case TcpOptionKind.FastOpen: {
      if (!isFastOpenLength(length)) return null;
      const rfc = 'RFC 7413 §4.1.1';
      const parts = head('option.fastOpen', rfc);
      if (length === 2) {
        const meaning = 'the client asks for a cookie';
        return w.make('option.fastOpen', 'Fast Open', bit, bits, 'no cookie', meaning, rfc, parts);
      }
      const cookie = hexBytes(bytes.subarray(place + 2, place + length));
      const meaning = 'from the server, for this client’s address';
      parts.push(w.make('option.fastOpen.cookie', 'Cookie', bit + 16, bits - 16, cookie, meaning, 'RFC 7413 §4.1.2'));
      return w.make('option.fastOpen', 'Fast Open', bit, bits, cookie, 'a cookie', rfc, parts);
    }
    default:
      return null;
  }
};

/** The fields of the options in [from, end) of the header at `at`: one an option, padding and broken rests included. */
export const tcpOptionFields = (
  bytes: Uint8Array,
  at: number,
  from: number,
  end: number,
  context: TcpContext,
): Field[] => {
  const w = new FieldWriter('tcp', at, 'RFC 9293 §3.2');
  let place = from;
  while (place < end) {
    const type = u8(bytes, place);
    const bit = (place - at) * 8;
    if (type === TcpOptionKind.End) {
      w.add('option.end', 'End of options', bit, (end - place) * 8, '0', `padding, ${String(end - place)} bytes`);
      break;
    }
    if (type === TcpOptionKind.Nop) {
      w.add('option.nop', 'No operation', bit, 8, '1', 'aligns the next option');
      place++;
      continue;
    }
    const length = place + 1 < end ? u8(bytes, place + 1) : 0;
    if (length < 2 || place + length > end) {
      const rest = bytes.subarray(place, end);
      w.add(
        'option.broken',
        'Broken option',
        bit,
        rest.length * 8,
        hexBytes(rest),
        `kind ${String(type)}, length ${String(length)}`,
      );
      break;
    }
    const known = knownOption(w, bytes, place, length, bit, context);
    if (known) w.fields.push(known);
    else {
      const [name, rfc] = otherOptions[type] ?? [`Option ${String(type)}`, 'RFC 9293 §3.2'];
      const data = bytes.subarray(place + 2, place + length);
      w.add(
        `option.${String(type)}`,
        name,
        bit,
        length * 8,
        hexBytes(data) || 'empty',
        `kind ${String(type)}, ${String(length)} bytes`,
        rfc,
        [
          w.make(`option.${String(type)}.kind`, 'Kind', bit, 8, String(type), '', rfc),
          w.make(`option.${String(type)}.length`, 'Length', bit + 8, 8, String(length), 'bytes', rfc),
        ],
      );
    }
    place += length;
  }
  return w.fields;
};
