import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { putU16, putU32 } from '../bytes.ts';
import { Reader } from '../tls/reader.ts';
import { putVarint, readLength, readVarint, varintSize } from '../varint.ts';
import type { Varint } from '../varint.ts';
import { ParameterId, parameterName } from './codes.ts';

/** Where a client may go on with a server that it reached at another address (RFC 9000 §18.2). */
export interface PreferredAddress {
  /** 4 and 16 bytes; zeros where there is none. */
  readonly ipv4: Uint8Array;
  readonly ipv4Port: number;
  readonly ipv6: Uint8Array;
  readonly ipv6Port: number;
  readonly id: Uint8Array;
  readonly resetToken: Uint8Array;
}

/**
 * A transport parameter (RFC 9000 §18). Lists keep their order. A known one that is not of the form that it should have,
 * and one that is not known, are `bytes`.
 */
export type TransportParameter =
  | { readonly kind: 'number'; readonly id: Varint; readonly value: Varint }
  | { readonly kind: 'flag'; readonly id: Varint }
  | { readonly kind: 'bytes'; readonly id: Varint; readonly value: Uint8Array }
  | { readonly kind: 'preferredAddress'; readonly address: PreferredAddress }
  | { readonly kind: 'versions'; readonly chosen: number; readonly available: readonly number[] };

const numbers = new Set<Varint>([
  ParameterId.MaxIdleTimeout,
  ParameterId.MaxUdpPayloadSize,
  ParameterId.InitialMaxData,
  ParameterId.InitialMaxStreamDataBidiLocal,
  ParameterId.InitialMaxStreamDataBidiRemote,
  ParameterId.InitialMaxStreamDataUni,
  ParameterId.InitialMaxStreamsBidi,
  ParameterId.InitialMaxStreamsUni,
  ParameterId.AckDelayExponent,
  ParameterId.MaxAckDelay,
  ParameterId.ActiveConnectionIdLimit,
  ParameterId.MaxDatagramFrameSize,
]);
const flags = new Set<Varint>([ParameterId.DisableActiveMigration, ParameterId.GreaseQuicBit]);

/** What counts where a number is not sent (RFC 9000 §18.2); 0 for those that are not here. */
const defaults = new Map<number, number>([
  [ParameterId.MaxUdpPayloadSize, 65527],
  [ParameterId.AckDelayExponent, 3],
  [ParameterId.MaxAckDelay, 25],
  [ParameterId.ActiveConnectionIdLimit, 2],
]);

export const parameterId = (parameter: TransportParameter): Varint =>
  parameter.kind === 'preferredAddress'
    ? ParameterId.PreferredAddress
    : parameter.kind === 'versions'
      ? ParameterId.VersionInformation
      : parameter.id;

/** The number of a list, or what counts where it is not there. */
export const parameterNumber = (list: readonly TransportParameter[], id: number): Varint => {
  const found = list.find((one) => one.kind === 'number' && one.id === id);
  return found?.kind === 'number' ? found.value : (defaults.get(id) ?? 0);
};

const valueSize = (parameter: TransportParameter): number => {
  switch (parameter.kind) {
    case 'number':
      return varintSize(parameter.value);
    case 'flag':
      return 0;
    case 'bytes':
      return parameter.value.length;
    case 'preferredAddress':
      return 4 + 2 + 16 + 2 + 1 + parameter.address.id.length + 16;
    case 'versions':
      return 4 + 4 * parameter.available.length;
  }
};

/** Bytes of a list, as the extension `quic_transport_parameters` holds it. */
export const parametersSize = (list: readonly TransportParameter[]): number =>
  list.reduce((sum, one) => {
    const size = valueSize(one);
    return sum + varintSize(parameterId(one)) + varintSize(size) + size;
  }, 0);

const putBytes = (bytes: Uint8Array, at: number, data: Uint8Array): number => {
  bytes.set(data, at);
  return at + data.length;
};

const putAddress = (bytes: Uint8Array, at: number, address: PreferredAddress): number => {
  at = putBytes(bytes, at, address.ipv4);
  putU16(bytes, at, address.ipv4Port);
  at = putBytes(bytes, at + 2, address.ipv6);
  putU16(bytes, at, address.ipv6Port);
  bytes[at + 2] = address.id.length;
  return putBytes(bytes, putBytes(bytes, at + 3, address.id), address.resetToken);
};

export const encodeParameters = (list: readonly TransportParameter[]): Uint8Array => {
  const bytes = new Uint8Array(parametersSize(list));
  let at = 0;
  for (const one of list) {
    at = putVarint(bytes, putVarint(bytes, at, parameterId(one)), valueSize(one));
    if (one.kind === 'number') at = putVarint(bytes, at, one.value);
    else if (one.kind === 'bytes') at = putBytes(bytes, at, one.value);
    else if (one.kind === 'preferredAddress') at = putAddress(bytes, at, one.address);
    else if (one.kind === 'versions')
      for (const version of [one.chosen, ...one.available]) {
        putU32(bytes, at, version);
        at += 4;
      }
  }
  return bytes;
};

const readAddress = (reader: Reader): PreferredAddress => ({
  ipv4: reader.bytes(4, 'address'),
  ipv4Port: reader.u16('port'),
  ipv6: reader.bytes(16, 'address'),
  ipv6Port: reader.u16('port'),
  id: reader.opaque(1, 'connection id'),
  resetToken: reader.bytes(16, 'reset token'),
});

const readValue = (id: Varint, value: Uint8Array): TransportParameter => {
  const reader = new Reader(value);
  let one: TransportParameter | null = null;
  // A number that is not in its shortest form would not come back as it was: it stays bytes, too.
  if (numbers.has(id)) one = { kind: 'number', id, value: readVarint(reader, 'value') };
  else if (flags.has(id)) one = { kind: 'flag', id };
  else if (id === ParameterId.PreferredAddress) one = { kind: 'preferredAddress', address: readAddress(reader) };
  else if (id === ParameterId.VersionInformation && value.length % 4 === 0) {
    const chosen = reader.u32('chosen version');
    const available: number[] = [];
    while (reader.left > 0) available.push(reader.u32('version'));
    one = { kind: 'versions', chosen, available };
  }
  const isWhole = one !== null && reader.problem === null && reader.left === 0 && valueSize(one) === value.length;
  return one !== null && isWhole ? one : { kind: 'bytes', id, value };
};

/** Reads a list; fails where it is cut or names a parameter twice (RFC 9000 §7.4). */
export const decodeParameters = (bytes: Uint8Array): Result<TransportParameter[]> => {
  const reader = new Reader(bytes);
  const list: TransportParameter[] = [];
  const seen = new Set<Varint>();
  while (reader.left > 0) {
    const start = reader.at;
    const id = readVarint(reader, 'parameter');
    const value = reader.bytes(readLength(reader, 'length'), parameterName(id));
    if (reader.problem === null && seen.has(id))
      return fail({ where: `byte ${String(start)}`, what: `${parameterName(id)} is there twice` });
    if (reader.problem === null) list.push(readValue(id, value));
    seen.add(id);
  }
  return reader.problem === null ? ok(list) : fail({ where: `byte ${String(reader.at)}`, what: reader.problem });
};
