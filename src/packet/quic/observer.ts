import { QuicBit, QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { grouped, hexBytes } from '../../wire/field.ts';
import { quicVersionName } from '../../wire/quic/codes.ts';
import { cryptoSpace } from '../../wire/quic/make/space.ts';
import { decodeHandshake } from '../../wire/tls/handshake/decodeMessage.ts';
import type { HandshakeMessage } from '../../wire/tls/handshake/message.ts';
import { messageName } from '../../wire/tls/label.ts';
import { varintSize } from '../../wire/varint.ts';
import type { Sight } from '../tls/observer.ts';
import { tells } from '../tls/tells.ts';
import { capturedCrypto, cryptoMessages, cryptoPlace } from './crypto.ts';
import { blobAt, rowsWithin } from './rows.ts';
import { frameName, quicTypeName, rangesText } from './label.ts';
import { framesOf, versionsOf } from './sent.ts';

/** What somebody without keys sees of QUIC: RFC 8999, and the Initials, whose keys stand in their own headers. */

const idText = (id: Uint8Array): string => (id.length === 0 ? 'no id' : hexBytes(id, 20));

/** Bytes behind the clear part of a header: packet number, frames and tag. */
const protectedSize = (quic: TraceQuic, row: number): number => {
  const { packets: q } = quic;
  const size = q.size[row] as number;
  const destination = blobAt(quic, q.destination[row]).length;
  if (q.type[row] === QuicType.OneRtt) return Math.max(0, size - 1 - destination);
  const ids = 1 + destination + 1 + blobAt(quic, q.source[row]).length;
  const length = (q.lengthSize[row] as number) || Math.max(2, varintSize(size));
  return Math.max(0, size - 1 - 4 - ids - length);
};

const idsText = (quic: TraceQuic, row: number): string => {
  const { destination, source } = quic.packets;
  return `to ${idText(blobAt(quic, destination[row]))}, from ${idText(blobAt(quic, source[row]))}`;
};

/** The messages of an Initial, those of a simulated one with their sizes, names and lists only. */
const messagesIn = (trace: Trace, quic: TraceQuic, row: number, from: number, end: number): HandshakeMessage[] => {
  const place = cryptoPlace(trace, quic, row);
  const side = place.up ? 'client' : 'server';
  const session = trace.flows[place.flow]?.quic;
  const own = session?.messages.filter((one) => one.from === side && cryptoSpace(one.epoch) === place.space);
  const bytes = session ? null : capturedCrypto(trace, quic, place);
  return cryptoMessages(trace, quic, place).flatMap((one, k) => {
    if (one.end <= from || one.end > end) return [];
    const read = bytes ? decodeHandshake(bytes.subarray(one.from, one.end), true) : null;
    const message = read?.ok === true ? read.value : own?.[k]?.message;
    return message ? [message] : [];
  });
};

const initialSight = (trace: Trace, quic: TraceQuic, row: number): Sight => {
  const names: string[] = [];
  const details: string[] = [];
  for (const frame of framesOf(quic, row)) {
    if (frame.kind === 'padding') continue;
    if (frame.kind === 'crypto') {
      const messages = messagesIn(trace, quic, row, frame.offset, frame.offset + frame.data.length);
      names.push(...messages.map((one) => messageName(one).replace(/ \(SNI .*\)$/, '')));
      if (messages.length === 0) names.push('part of a handshake message');
      details.push(...messages.flatMap((one) => tells(one, null)));
    } else if (frame.kind === 'ack') names.push(`ACK ${rangesText(frame.ranges)}`);
    else names.push(frameName(frame.kind));
  }
  const version = quicVersionName(quic.packets.version[row] as number);
  details.push(
    `${version}, ${idsText(quic, row)}`,
    'protected by a key that follows from the client’s first id: whoever sees it can read it',
  );
  return { label: `Initial: ${names.join(', ')}`, isClear: true, details };
};

const sightOf = (trace: Trace, quic: TraceQuic, row: number): Sight => {
  const { packets: q } = quic;
  const type = q.type[row] as number;
  const version = quicVersionName(q.version[row] as number);
  switch (type) {
    case QuicType.Initial:
      if (q.problem[row] === 0) return initialSight(trace, quic, row);
      break;
    case QuicType.Retry: {
      const token = blobAt(quic, q.token[row]).length;
      const details = [`${version}, ${idsText(quic, row)}`, `a token of ${grouped(token)} bytes`];
      return { label: 'Retry', isClear: true, details };
    }
    case QuicType.VersionNegotiation: {
      const details = [versionsOf(quic, row).map(quicVersionName).join(', '), idsText(quic, row)];
      return { label: 'Version Negotiation', isClear: true, details };
    }
    case QuicType.StatelessReset:
      // RFC 9000 §10.3: meant to be told apart by the peer alone.
      return {
        label: `1-RTT, or what looks like it: ${grouped(q.size[row] as number)} bytes`,
        isClear: false,
        details: ['the peer alone knows the token at its end'],
      };
    case QuicType.OneRtt: {
      const spin = ((q.bits[row] as number) & QuicBit.Spin) === 0 ? 'not set' : 'set';
      return {
        label: `1-RTT ${grouped(protectedSize(quic, row))} bytes, protected`,
        isClear: false,
        details: [`to ${idText(blobAt(quic, q.destination[row]))}, spin bit ${spin}`],
      };
    }
  }
  return {
    label: `${quicTypeName(type)} ${grouped(protectedSize(quic, row))} bytes, protected`,
    isClear: false,
    details: [`${version}, ${idsText(quic, row)}`],
  };
};

/** What a wiretap sees of a datagram, packet by packet; empty where it is none of QUIC. */
export const quicObserved = (trace: Trace, packet: number): readonly Sight[] => {
  const { quic } = trace;
  if (!quic) return [];
  const [from, to] = rowsWithin(trace, quic, packet);
  return Array.from({ length: to - from }, (_, k) => sightOf(trace, quic, from + k));
};
