import { fail, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import { putU32, u32, u8 } from '../../bytes.ts';
import type { PacketPlace } from '../packet/datagram.ts';
import { leastPayload, packetSize, putHeader, TAG_SIZE } from '../packet/header.ts';
import type { PacketHeader } from '../packet/header.ts';
import { expanded } from '../packet/number.ts';
import type { NumberLength } from '../packet/number.ts';
import type { PacketKeys } from './keys.ts';
import { SAMPLE_SIZE } from './types.ts';

/** The packet number, exclusive-ored into the IV (RFC 9001 §5.3). */
export const packetNonce = (iv: Uint8Array, number: number): Uint8Array => {
  const nonce = new Uint8Array(iv);
  putU32(nonce, 4, (u32(nonce, 4) ^ Math.floor(number / 0x1_0000_0000)) >>> 0);
  putU32(nonce, 8, (u32(nonce, 8) ^ (number % 0x1_0000_0000)) >>> 0);
  return nonce;
};

/** Bits of the first byte that are hidden: in a short header the key phase, too (RFC 9001 §5.4.1). */
const hiddenBits = (first: number): number => (first >= 0x80 ? 0x0f : 0x1f);

/**
 * A protected packet: header, sealed payload, tag, and the header hidden last (RFC 9001 §5.3, §5.4). Fails where the
 * payload is too short for the sample; `leastPayload` says how long it has to be.
 */
export const sealPacket = (header: PacketHeader, payload: Uint8Array, keys: PacketKeys): Result<Uint8Array> => {
  const { number, numberLength } = header;
  if (payload.length < leastPayload(numberLength))
    return fail({
      where: `packet ${String(number)}`,
      what: `a payload of ${String(payload.length)} bytes leaves no sample: ${String(leastPayload(numberLength))} are needed, padding fills up`,
    });
  const bytes = new Uint8Array(packetSize(header, payload.length));
  const from = putHeader(bytes, 0, header, payload.length);
  bytes.set(keys.aead.seal(packetNonce(keys.iv, number), payload, bytes.slice(0, from)), from);
  const numberAt = from - numberLength;
  const mask = keys.mask(bytes.slice(numberAt + 4, numberAt + 4 + SAMPLE_SIZE));
  bytes[0] = u8(bytes, 0) ^ (u8(mask, 0) & hiddenBits(u8(bytes, 0)));
  for (let i = 0; i < numberLength; i++) bytes[numberAt + i] = u8(bytes, numberAt + i) ^ u8(mask, 1 + i);
  return ok(bytes);
};

/** A packet that was opened: its header as it was, and its frames. */
export interface OpenedPacket {
  readonly number: number;
  readonly numberLength: NumberLength;
  /** Null for long headers. */
  readonly keyPhase: 0 | 1 | null;
  /** The reserved bits, which have to be zero; whoever set them has to be told off (RFC 9000 §17.2, §17.3.1). */
  readonly reserved: number;
  /** The packet's bytes up to its payload, unhidden. */
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

type Protected = Extract<PacketPlace, { readonly numberAt: number }>;

/** What the header hides: known by the header's key alone, before it is clear which key phase seals the payload. */
export interface OpenedHeader {
  readonly first: number;
  readonly numberLength: NumberLength;
  readonly part: number;
}

/** Takes the protection off a header (RFC 9001 §5.4.2). Fails where fewer bytes are there than the sample takes. */
export const openHeader = (bytes: Uint8Array, place: Protected, keys: PacketKeys): Result<OpenedHeader> => {
  const { at, numberAt, end } = place;
  if (numberAt + 4 + SAMPLE_SIZE > end)
    return fail({
      where: `byte ${String(at)}`,
      what: `a protected packet has at least 20 bytes behind its header, this one ${String(end - numberAt)}`,
    });
  const mask = keys.mask(bytes.slice(numberAt + 4, numberAt + 4 + SAMPLE_SIZE));
  const first = u8(bytes, at) ^ (u8(mask, 0) & hiddenBits(u8(bytes, at)));
  const numberLength = ((first & 3) + 1) as NumberLength;
  let part = 0;
  for (let i = 0; i < numberLength; i++) part = part * 256 + (u8(bytes, numberAt + i) ^ u8(mask, 1 + i));
  return ok({ first, numberLength, part });
};

/**
 * Opens a packet. `largest`: the largest packet number received in its space, or −1. `keysFor` gives the keys for the
 * payload by the key phase, where that changes them. Fails where it is too short or its tag is wrong.
 */
export const openPacket = (
  bytes: Uint8Array,
  place: Protected,
  keys: PacketKeys,
  largest: number,
  keysFor: (keyPhase: 0 | 1) => PacketKeys | null = () => keys,
): Result<OpenedPacket> => {
  const opened = openHeader(bytes, place, keys);
  if (!opened.ok) return opened;
  const { first, numberLength, part } = opened.value;
  const { at, numberAt, end } = place;
  const from = numberAt + numberLength;
  // A copy in any case: `slice` of Node's own kind of bytes would be a view.
  const header = new Uint8Array(bytes.subarray(at, from));
  header[0] = first;
  for (let i = 0; i < numberLength; i++)
    header[numberAt - at + i] = Math.floor(part / 256 ** (numberLength - 1 - i)) & 0xff;
  const keyPhase = place.kind === 'oneRtt' ? (((first >>> 2) & 1) as 0 | 1) : null;
  const number = expanded(part, numberLength, largest);
  const chosen = keyPhase === null ? keys : keysFor(keyPhase);
  const sealed = bytes.slice(from, end);
  const payload =
    chosen && sealed.length >= TAG_SIZE ? chosen.aead.open(packetNonce(chosen.iv, number), sealed, header) : null;
  if (payload === null)
    return fail({
      where: `byte ${String(at)}`,
      what: chosen ? 'its tag is wrong: other keys, or other bytes' : 'no keys are known for its key phase',
    });
  const reserved = (first >>> (keyPhase === null ? 2 : 3)) & 3;
  return ok({ number, numberLength, keyPhase, reserved, header, payload });
};
