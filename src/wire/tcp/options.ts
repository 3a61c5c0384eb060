import { putU16, putU32, u16, u32, u8 } from '../bytes.ts';

/** Option kinds that we understand (RFC 9293 §3.2, RFC 7323, RFC 2018, RFC 7413). */
export const TcpOptionKind = {
  End: 0,
  Nop: 1,
  Mss: 2,
  WindowScale: 3,
  SackPermitted: 4,
  Sack: 5,
  Timestamps: 8,
  FastOpen: 34,
} as const;

/** Whether an option of this length is one of Fast Open: no cookie, or 4 to 16 bytes of one, an even number (RFC 7413 §4.1.1). */
export const isFastOpenLength = (length: number): boolean =>
  length === 2 || (length >= 6 && length <= 18 && length % 2 === 0);

/**
 * One option, in the order of the header. End-of-list and the zeros behind it are padding: written where needed, not
 * kept. `raw` is any other well-formed option, `broken` the rest of a list whose lengths make no sense.
 */
export type TcpOption =
  | { readonly kind: 'nop' }
  | { readonly kind: 'mss'; readonly value: number }
  | { readonly kind: 'windowScale'; readonly shift: number }
  | { readonly kind: 'sackPermitted' }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [left: number, right: number])[] }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  /** Empty: a cookie is asked for. */
  | { readonly kind: 'fastOpen'; readonly cookie: Uint8Array }
  | { readonly kind: 'raw'; readonly type: number; readonly data: Uint8Array }
  | { readonly kind: 'broken'; readonly data: Uint8Array };

const optionSize = (option: TcpOption): number => {
  switch (option.kind) {
    case 'nop':
      return 1;
    case 'mss':
      return 4;
    case 'windowScale':
      return 3;
    case 'sackPermitted':
      return 2;
    case 'sack':
      return 2 + 8 * option.blocks.length;
    case 'timestamps':
      return 10;
    case 'fastOpen':
      return 2 + option.cookie.length;
    case 'raw':
      return 2 + option.data.length;
    case 'broken':
      return option.data.length;
  }
};

/** Bytes that the options take in the header, padding to a multiple of 4 included (RFC 9293 §3.1). */
export const tcpOptionsSize = (options: readonly TcpOption[]): number => {
  let size = 0;
  for (const option of options) size += optionSize(option);
  return (size + 3) & ~3;
};

/** Writes the options and their padding at `at`; returns the place behind them. */
export const encodeTcpOptions = (options: readonly TcpOption[], bytes: Uint8Array, at: number): number => {
  let place = at;
  for (const option of options) {
    switch (option.kind) {
      case 'nop':
        bytes[place] = TcpOptionKind.Nop;
        break;
      case 'mss':
        bytes.set([TcpOptionKind.Mss, 4], place);
        putU16(bytes, place + 2, option.value);
        break;
      case 'windowScale':
        bytes.set([TcpOptionKind.WindowScale, 3, option.shift], place);
        break;
      case 'sackPermitted':
        bytes.set([TcpOptionKind.SackPermitted, 2], place);
        break;
      case 'sack':
        bytes.set([TcpOptionKind.Sack, 2 + 8 * option.blocks.length], place);
        for (const [k, [left, right]] of option.blocks.entries()) {
          putU32(bytes, place + 2 + 8 * k, left);
          putU32(bytes, place + 6 + 8 * k, right);
        }
        break;
      case 'timestamps':
        bytes.set([TcpOptionKind.Timestamps, 10], place);
        putU32(bytes, place + 2, option.value);
        putU32(bytes, place + 6, option.echo);
        break;
      case 'fastOpen':
        bytes.set([TcpOptionKind.FastOpen, 2 + option.cookie.length], place);
        bytes.set(option.cookie, place + 2);
        break;
      case 'raw':
        bytes.set([option.type, 2 + option.data.length], place);
        bytes.set(option.data, place + 2);
        break;
      case 'broken':
        bytes.set(option.data, place);
        break;
    }
    place += optionSize(option);
  }
  while ((place - at) % 4 !== 0) bytes[place++] = TcpOptionKind.End;
  return place;
};

const decodeOne = (bytes: Uint8Array, place: number, length: number): TcpOption => {
  const type = u8(bytes, place);
  switch (type) {
    case TcpOptionKind.Mss:
      if (length === 4) return { kind: 'mss', value: u16(bytes, place + 2) };
      break;
    case TcpOptionKind.WindowScale:
      if (length === 3) return { kind: 'windowScale', shift: u8(bytes, place + 2) };
      break;
    case TcpOptionKind.SackPermitted:
      if (length === 2) return { kind: 'sackPermitted' };
      break;
    case TcpOptionKind.Timestamps:
      if (length === 10) return { kind: 'timestamps', value: u32(bytes, place + 2), echo: u32(bytes, place + 6) };
      break;
    case TcpOptionKind.Sack:
      if (length >= 10 && (length - 2) % 8 === 0) {
        const blocks: [number, number][] = [];
        for (let k = place + 2; k < place + length; k += 8) blocks.push([u32(bytes, k), u32(bytes, k + 4)]);
        return { kind: 'sack', blocks };
      }
      break;
    case TcpOptionKind.FastOpen:
      if (isFastOpenLength(length)) return { kind: 'fastOpen', cookie: bytes.slice(place + 2, place + length) };
      break;
  }
  return { kind: 'raw', type, data: bytes.slice(place + 2, place + length) };
};

/** Reads the options in [at, end). A known kind with a wrong length stays `raw`; an impossible length ends the list as `broken`. */
export const decodeTcpOptions = (bytes: Uint8Array, at: number, end: number): TcpOption[] => {
  const options: TcpOption[] = [];
  let place = at;
  while (place < end) {
    const type = u8(bytes, place);
    if (type === TcpOptionKind.End) break;
    if (type === TcpOptionKind.Nop) {
      options.push({ kind: 'nop' });
      place++;
      continue;
    }
    const length = place + 1 < end ? u8(bytes, place + 1) : 0;
    if (length < 2 || place + length > end) {
      options.push({ kind: 'broken', data: bytes.slice(place, end) });
      break;
    }
    options.push(decodeOne(bytes, place, length));
    place += length;
  }
  return options;
};
