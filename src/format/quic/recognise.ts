import { u32, u8 } from '../../wire/bytes.ts';
import { MAX_CONNECTION_ID } from '../../wire/quic/packet/header.ts';

/** What a long header says in every version (RFC 8999 §5.1): places of its two connection ids. */
export interface LongHeader {
  readonly version: number;
  readonly destinationAt: number;
  readonly destinationEnd: number;
  readonly sourceAt: number;
  readonly sourceEnd: number;
}

/** Google's versions from before the standard, as letters: Q043 to Q050, T048 to T051. */
export const isGoogle = (version: number): boolean => {
  const letter = version >>> 24;
  return (letter === 0x51 || letter === 0x54) && (version & 0x00ff_0000) === 0x0030_0000;
};

/** Versions that are met in captures: the standards, their drafts, those of two large companies, and grease (RFC 9000 §15). */
const isVersion = (version: number): boolean =>
  version === 0 ||
  version === 1 ||
  version === 0x6b33_43cf ||
  version >>> 8 === 0xff0000 ||
  version >>> 4 === 0xfaceb00 ||
  version === 0xfaceb00e ||
  isGoogle(version) ||
  (version & 0x0f0f_0f0f) === 0x0a0a_0a0a;

/** The long header at `at`, if a UDP payload that begins so is QUIC; null where it is not, or has a short header. */
export const longHeaderAt = (bytes: Uint8Array, at: number, end: number): LongHeader | null => {
  if (at + 7 > end || u8(bytes, at) < 0x80) return null;
  const version = u32(bytes, at + 1);
  if (!isVersion(version)) return null;
  // Their ids have another form.
  if (isGoogle(version))
    return { version, destinationAt: at + 6, destinationEnd: at + 6, sourceAt: at + 6, sourceEnd: at + 6 };
  const destinationAt = at + 6;
  const destinationEnd = destinationAt + u8(bytes, at + 5);
  const sourceAt = destinationEnd + 1;
  const sourceEnd = sourceAt + u8(bytes, destinationEnd);
  if (sourceEnd > end || destinationEnd - destinationAt > MAX_CONNECTION_ID || sourceEnd - sourceAt > MAX_CONNECTION_ID)
    return null;
  // A version negotiation is a list of versions, and nothing behind it (RFC 9000 §17.2.1).
  const rest = end - sourceEnd;
  if (version === 0 && (rest === 0 || rest % 4 !== 0)) return null;
  return rest === 0 ? null : { version, destinationAt, destinationEnd, sourceAt, sourceEnd };
};
