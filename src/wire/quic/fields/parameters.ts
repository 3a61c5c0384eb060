import { hex } from '../../field.ts';
import type { Field } from '../../field.ts';
import { asNumber } from '../../varint.ts';
import type { Varint } from '../../varint.ts';
import { ParameterId, parameterName, quicVersionName } from '../codes.ts';
import { groupedVarint, VarintCursor } from '../cursor.ts';
import { decodeParameters } from '../transportParameters.ts';

const meanings = new Map<Varint, string>([
  [ParameterId.MaxIdleTimeout, 'ms of silence after which the connection is gone'],
  [ParameterId.MaxUdpPayloadSize, 'bytes of a datagram that are taken'],
  [ParameterId.InitialMaxData, 'bytes over all streams, before more is granted'],
  [ParameterId.InitialMaxStreamDataBidiLocal, 'bytes on a stream that the sender of this opens'],
  [ParameterId.InitialMaxStreamDataBidiRemote, 'bytes on a stream that its receiver opens'],
  [ParameterId.InitialMaxStreamDataUni, 'bytes on a one-way stream'],
  [ParameterId.InitialMaxStreamsBidi, 'streams, both ways'],
  [ParameterId.InitialMaxStreamsUni, 'streams, one way'],
  [ParameterId.AckDelayExponent, 'ACK delays are shifted by so many bits'],
  [ParameterId.MaxAckDelay, 'ms that an acknowledgment may wait'],
  [ParameterId.ActiveConnectionIdLimit, 'connection ids that are kept'],
  [ParameterId.DisableActiveMigration, 'the client is to stay at its address'],
  [ParameterId.GreaseQuicBit, 'the fixed bit may be cleared'],
  [ParameterId.StatelessResetToken, 'shows that a reset is the server’s'],
]);

const rfcOf = (id: Varint): string =>
  id === ParameterId.VersionInformation
    ? 'RFC 9368 §3'
    : id === ParameterId.MaxDatagramFrameSize
      ? 'RFC 9221 §3'
      : id === ParameterId.GreaseQuicBit
        ? 'RFC 9287 §3'
        : 'RFC 9000 §18.2';

/** The transport parameters from `at` to `end`: what the extension of TLS holds (RFC 9000 §18). */
export const parameterFields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const all = new VarintCursor(bytes, at, end, 'quic', 'RFC 9000 §18');
  while (all.left > 0) {
    const from = all.at;
    all.group('parameter', rfcOf(all.peek()), (c) => {
      const id = c.varint('id', 'Parameter', { value: parameterName, meaning: (value) => `0x${value.toString(16)}` });
      const length = c.varint('length', 'Length', { meaning: () => 'bytes' });
      const valueAt = c.at;
      const isThere = c.left >= asNumber(length);
      c.opaque(length, 'value', 'Value');
      const read = isThere ? decodeParameters(bytes.subarray(from, valueAt + asNumber(length))) : null;
      const one = read?.ok ? read.value[0] : undefined;
      const value =
        one?.kind === 'number'
          ? groupedVarint(one.value)
          : one?.kind === 'flag'
            ? 'yes'
            : one?.kind === 'versions'
              ? `${quicVersionName(one.chosen)} of ${one.available.map(quicVersionName).join(', ')}`
              : one?.kind === 'bytes' && one.value.length <= 20
                ? [...one.value].map((byte) => hex(byte, 2).slice(2)).join(' ')
                : `${groupedVarint(length)} bytes`;
      return [parameterName(id), value, meanings.get(id) ?? ''];
    });
  }
  return all.fields;
};
