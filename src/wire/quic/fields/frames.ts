import { grouped } from '../../field.ts';
import type { Field } from '../../field.ts';
import { asNumber } from '../../varint.ts';
import type { Varint } from '../../varint.ts';
import { FrameType, frameTypeName, StreamFlag, transportErrorName } from '../codes.ts';
import { groupedVarint, VarintCursor } from '../cursor.ts';

/** Where each frame stands: section 19 of RFC 9000, by type. */
const section = (type: Varint): string => {
  if (type >= 0x08 && type <= 0x0f) return 'RFC 9000 §19.8';
  if (type === FrameType.Datagram || type === FrameType.DatagramLength) return 'RFC 9221 §4';
  if (type === FrameType.AckFrequency) return 'draft-ietf-quic-ack-frequency §4';
  if (type === FrameType.ImmediateAck) return 'draft-ietf-quic-ack-frequency §5';
  if (type === FrameType.TimeStamp) return 'draft-huitema-quic-ts §3';
  const sections: Readonly<Record<number, number>> = {
    0x00: 1,
    0x01: 2,
    0x02: 3,
    0x03: 3,
    0x04: 4,
    0x05: 5,
    0x06: 6,
    0x07: 7,
    0x10: 9,
    0x11: 10,
    0x12: 11,
    0x13: 11,
    0x14: 12,
    0x15: 13,
    0x16: 14,
    0x17: 14,
    0x18: 15,
    0x19: 16,
    0x1a: 17,
    0x1b: 18,
    0x1c: 19,
    0x1d: 19,
    0x1e: 20,
  };
  const number = sections[asNumber(type)];
  return number === undefined ? 'RFC 9000 §12.4' : `RFC 9000 §19.${String(number)}`;
};

/** What opened or may open a stream is in the last two bits of its id (RFC 9000 §2.1). */
export const streamIdText = (id: Varint): string => {
  const bits = Number(BigInt(id) & 3n);
  return `${(bits & 1) === 0 ? 'client' : 'server'}’s, ${(bits & 2) === 0 ? 'both ways' : 'one way'}`;
};

interface Context {
  /** Exponent of the sender's ACK delays (RFC 9000 §18.2). */
  readonly ackDelayExponent: number;
}

const stream = (c: VarintCursor): Varint => c.varint('stream', 'Stream id', { meaning: streamIdText });
const data = (c: VarintCursor, length: Varint, what: string): string => {
  c.opaque(length, 'data', 'Data', what);
  return `${groupedVarint(length)} bytes`;
};

const ack = (c: VarintCursor, hasEcn: boolean, { ackDelayExponent }: Context): string => {
  const largest = c.varint('largest', 'Largest acknowledged');
  c.varint('delay', 'ACK delay', {
    meaning: (value) => `${groupedVarint(asNumber(value) * 2 ** ackDelayExponent)} µs`,
  });
  const count = asNumber(c.varint('count', 'Further ranges'));
  let bottom = asNumber(largest);
  const texts: string[] = [];
  const range = (top: number): string => {
    c.varint('range', 'Range', {
      value: (value) => {
        bottom = top - asNumber(value);
        texts.push(bottom === top ? grouped(top) : `${grouped(bottom)}–${grouped(top)}`);
        return texts.at(-1) ?? '';
      },
      meaning: (value) => `${groupedVarint(value)} before the largest of the range`,
    });
    return texts.at(-1) ?? '';
  };
  range(bottom);
  for (let i = 0; i < count && c.left > 0; i++) {
    let top = bottom;
    c.varint('gap', 'Gap', {
      value: (value) => {
        top = bottom - asNumber(value) - 2;
        return grouped(asNumber(value) + 1);
      },
      meaning: () => 'packets not acknowledged',
    });
    range(top);
  }
  if (hasEcn)
    for (const [id, name] of [
      ['ect0', 'ECT(0) count'],
      ['ect1', 'ECT(1) count'],
      ['ce', 'ECN-CE count'],
    ] as const)
      c.varint(id, name, { rfc: 'RFC 9000 §19.3.2' });
  return texts.length > 4 ? `${texts.slice(0, 4).join(', ')} …` : texts.join(', ');
};

/** Writes what follows the type; returns the frame in one phrase. */
const body = (c: VarintCursor, type: Varint, context: Context): string => {
  const number = (id: string, name: string, meaning = ''): Varint => c.varint(id, name, { meaning: () => meaning });
  const code = (isTransport: boolean): Varint =>
    c.varint(
      'code',
      'Error code',
      isTransport ? { value: transportErrorName } : { meaning: () => 'of the application' },
    );
  switch (type) {
    case FrameType.Ping:
      return 'asks for an acknowledgment';
    case FrameType.HandshakeDone:
      return 'the server has confirmed the handshake';
    case FrameType.Ack:
    case FrameType.AckEcn:
      return ack(c, type === FrameType.AckEcn, context);
    case FrameType.ResetStream: {
      const id = stream(c);
      code(false);
      number('finalSize', 'Final size', 'bytes that were sent');
      return `stream ${groupedVarint(id)} is given up`;
    }
    case FrameType.StopSending: {
      const id = stream(c);
      code(false);
      return `stream ${groupedVarint(id)} is not read any more`;
    }
    case FrameType.Crypto: {
      const offset = number('offset', 'Offset');
      const size = data(c, number('length', 'Length', 'bytes'), 'TLS messages');
      return `${size} of TLS from ${groupedVarint(offset)} on`;
    }
    case FrameType.NewToken:
      c.opaque(number('length', 'Token length', 'bytes'), 'token', 'Token', 'for the next connection');
      return 'for the next connection';
    case FrameType.MaxData:
      return `${groupedVarint(number('max', 'Maximum', 'bytes over all streams'))} bytes over all streams`;
    case FrameType.MaxStreamData: {
      const id = stream(c);
      return `${groupedVarint(number('max', 'Maximum', 'bytes'))} bytes on stream ${groupedVarint(id)}`;
    }
    case FrameType.MaxStreamsBidi:
    case FrameType.MaxStreamsUni: {
      const how = type === FrameType.MaxStreamsBidi ? 'both ways' : 'one way';
      return `${groupedVarint(number('max', 'Maximum', `streams, ${how}`))} streams, ${how}`;
    }
    case FrameType.DataBlocked:
      return `stands still at ${groupedVarint(number('limit', 'Limit', 'bytes'))} bytes over all streams`;
    case FrameType.StreamDataBlocked: {
      const id = stream(c);
      return `stream ${groupedVarint(id)} stands still at ${groupedVarint(number('limit', 'Limit', 'bytes'))} bytes`;
    }
    case FrameType.StreamsBlockedBidi:
    case FrameType.StreamsBlockedUni:
      return `no more than ${groupedVarint(number('limit', 'Limit', 'streams'))} streams may be opened`;
    case FrameType.NewConnectionId: {
      const sequence = number('sequence', 'Sequence number');
      number('retirePriorTo', 'Retire prior to', 'older ones are to be given back');
      const length = c.number(1, 'idLength', 'Length', (value) => [String(value), 'bytes']);
      c.opaque(length, 'id', 'Connection id');
      c.opaque(16, 'resetToken', 'Stateless reset token', '', 'RFC 9000 §10.3');
      return `number ${groupedVarint(sequence)}`;
    }
    case FrameType.RetireConnectionId:
      return `number ${groupedVarint(number('sequence', 'Sequence number'))}`;
    case FrameType.PathChallenge:
    case FrameType.PathResponse:
      c.opaque(8, 'data', 'Data', type === FrameType.PathChallenge ? 'has to come back' : 'as it was sent');
      return type === FrameType.PathChallenge ? 'is this path alive?' : 'it is';
    case FrameType.ConnectionClose:
    case FrameType.ApplicationClose: {
      const isTransport = type === FrameType.ConnectionClose;
      const why = code(isTransport);
      if (isTransport) c.varint('frameType', 'Frame type', { value: frameTypeName, meaning: () => 'what was wrong' });
      c.text(number('length', 'Reason length', 'bytes'), 'reason', 'Reason');
      return isTransport ? transportErrorName(why) : `code ${groupedVarint(why)} of the application`;
    }
    case FrameType.Datagram:
      return data(c, c.left, 'not repeated when lost');
    case FrameType.ImmediateAck:
      return 'asks for an acknowledgment at once';
    case FrameType.AckFrequency: {
      number('sequence', 'Sequence number');
      const threshold = number('threshold', 'Threshold', 'packets before an acknowledgment is due');
      number('maxAckDelay', 'Requested delay', 'µs at most');
      number('reordering', 'Reordering threshold', 'packets out of order before one is due');
      return `an acknowledgment after ${groupedVarint(threshold)} packets is soon enough`;
    }
    case FrameType.TimeStamp:
      return `the sender’s clock: ${groupedVarint(number('time', 'Time', 'µs, shifted as ACK delays are'))}`;
    case FrameType.DatagramLength:
      return data(c, number('length', 'Length', 'bytes'), 'not repeated when lost');
  }
  if (type >= 0x08 && type <= 0x0f) {
    const flags = asNumber(type);
    const id = stream(c);
    const offset = (flags & StreamFlag.Offset) === 0 ? 0 : number('offset', 'Offset', 'of the first byte');
    const length = (flags & StreamFlag.Length) === 0 ? c.left : number('length', 'Length', 'bytes');
    const size = data(c, length, 'bytes of the stream');
    const end = (flags & StreamFlag.Fin) === 0 ? '' : ', its last';
    return `stream ${groupedVarint(id)}: ${size} from ${groupedVarint(offset)} on${end}`;
  }
  c.opaque(c.left, 'unknown', 'Not understood');
  return 'of no known type';
};

const flagText = (type: Varint): string => {
  if (type < 0x08 || type > 0x0f) return `0x${type.toString(16)}`;
  const flags = asNumber(type);
  const names = [
    [StreamFlag.Offset, 'OFF'],
    [StreamFlag.Length, 'LEN'],
    [StreamFlag.Fin, 'FIN'],
  ] as const;
  return names.flatMap(([flag, name]) => ((flags & flag) === 0 ? [] : [name])).join(', ') || 'no flags';
};

/** The frames of an opened payload from `at` to `end`, a field each, with its numbers as parts. */
export const quicFrameFields = (
  bytes: Uint8Array,
  at: number,
  end: number,
  context: Context = { ackDelayExponent: 3 },
): Field[] => {
  const stop = Math.min(end, bytes.length);
  const all = new VarintCursor(bytes, at, stop, 'quic', 'RFC 9000 §12.4');
  while (all.left > 0) {
    const type = all.peek();
    if (type === FrameType.Padding && bytes[all.at] === 0) {
      let zeros = 0;
      while (zeros < all.left && bytes[all.at + zeros] === 0) zeros++;
      const from = all.at;
      all.skip(zeros);
      all.w.add(
        'padding',
        'PADDING',
        from * 8,
        zeros * 8,
        `${grouped(zeros)} bytes`,
        'frames of one zero each',
        section(0),
      );
      continue;
    }
    all.group('frame', section(type), (inner) => {
      inner.varint('type', 'Frame type', { value: frameTypeName, meaning: flagText });
      return [frameTypeName(type), body(inner, type, context), ''];
    });
  }
  return all.fields;
};
