import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameTypeName, TransportError } from '../../../src/wire/quic/codes.ts';
import { quicFrameFields } from '../../../src/wire/quic/fields/frames.ts';
import { decodeFrames } from '../../../src/wire/quic/frame/decode.ts';
import { cryptoRoom, encodeFrames, frameSize, framesSize, streamRoom } from '../../../src/wire/quic/frame/encode.ts';
import { frameType, isAckEliciting, isProbing, mayCarry } from '../../../src/wire/quic/frame/frame.ts';
import type { FrameKind, QuicFrame } from '../../../src/wire/quic/frame/frame.ts';
import type { Sized } from '../../../src/wire/http2/frame.ts';
import { Reader } from '../../../src/wire/tls/reader.ts';
import { readVarint } from '../../../src/wire/varint.ts';
import { fromHex } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';
import { bytes, frames, openFrames, varint } from './arbitraries.ts';

describe('QUIC frames', () => {
  it('decode ∘ encode is identity, size is the number of bytes, fields cover the payload', () => {
    fc.assert(
      fc.property(fc.array(frames, { maxLength: 5 }), openFrames, (list, last) => {
        const all = [...list, last];
        const payload = encodeFrames(all);
        expect(framesSize(all)).toBe(payload.length);
        const decoded = decodeFrames(payload);
        if (!decoded.ok) return expect.fail(decoded.problems[0]?.what);
        expect(decoded.value.map(({ frame }) => frame)).toEqual(all);
        decoded.value.forEach(({ frame, at, end }) => {
          expect(end - at).toBe(frameSize(frame));
          if (frame.kind !== 'padding') expect(readVarint(new Reader(payload, at), 'type')).toBe(frameType(frame));
        });
        const fields = quicFrameFields(payload, 0, payload.length);
        within(fields, 0, payload.length * 8);
        expect(fields.map((field) => field.bits / 8)).toEqual(all.map(frameSize));
        for (const field of fields.filter((f) => f.parts.length > 0))
          expect(field.parts.reduce((sum, part) => sum + part.bits, 0)).toBe(field.bits);
      }),
      { numRuns: 500 },
    );
  });

  it('any bytes, and any cut or changed payload, are read or refused with a code and a sentence', () => {
    const changed = fc
      .tuple(fc.array(frames, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(255), fc.nat())
      .map(([list, at, value, cut]) => {
        const payload = encodeFrames(list);
        payload[at % payload.length] = value;
        return payload.slice(0, cut % (payload.length + 1));
      });
    fc.assert(
      fc.property(fc.oneof(bytes(60), changed), (payload) => {
        const decoded = decodeFrames(payload);
        if (decoded.ok) {
          const list = decoded.value.map(({ frame }) => frame);
          const again = decodeFrames(encodeFrames(list));
          // Numbers in a longer form come back in the shortest, and padding beside padding as one.
          expect(again.ok).toBe(true);
          expect(framesSize(list)).toBeLessThanOrEqual(payload.length);
        } else {
          expect(decoded.problems[0]?.what.length).toBeGreaterThan(15);
          expect(decoded.code).toBeGreaterThan(0);
        }
        within(quicFrameFields(payload, 0, payload.length), 0, payload.length * 8);
      }),
      { numRuns: 1000 },
    );
  });

  it('room is what fits and no more', () => {
    fc.assert(
      fc.property(fc.nat(1400), varint, varint, fc.boolean(), (room, stream, offset, hasLength) => {
        const sized = (length: number): QuicFrame<Sized, typeof stream> => ({
          kind: 'stream',
          stream,
          offset,
          data: { length },
          fin: false,
          hasLength,
        });
        const most = streamRoom(room, stream, offset, hasLength);
        if (most >= 0) expect(frameSize(sized(most))).toBeLessThanOrEqual(room);
        expect(frameSize(sized(most + 1))).toBeGreaterThan(room);
        const crypto = (length: number): number => frameSize({ kind: 'crypto', offset, data: { length } });
        const fits = cryptoRoom(room, offset);
        if (fits >= 0) expect(crypto(fits)).toBeLessThanOrEqual(room);
        expect(crypto(fits + 1)).toBeGreaterThan(room);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['nothing', '', TransportError.ProtocolViolation, 'without frames'],
    ['an unknown type', '21', TransportError.FrameEncodingError, 'no known type'],
    ['an ACK that goes below 0', '0205000006', TransportError.FrameEncodingError, 'below packet number 0'],
    ['an ACK with ranges that are not there', '0240ff00bfffffff00', TransportError.FrameEncodingError, 'needs'],
    ['an empty token', '0700', TransportError.FrameEncodingError, 'empty token'],
    ['more streams than there are', '12d000000000000001', TransportError.FrameEncodingError, 'above 2^60'],
    ['an id of 21 bytes', `18010015${'00'.repeat(37)}`, TransportError.FrameEncodingError, '1 to 20'],
    ['a newer one to be retired', `18010201aa${'00'.repeat(16)}`, TransportError.FrameEncodingError, 'Retire Prior To'],
    ['a stream beyond its end', '0e00ffffffffffffffff0100', TransportError.FrameEncodingError, 'beyond byte 2^62'],
  ])('%s is refused', (_, hex, code, sentence) => {
    const decoded = decodeFrames(fromHex(hex));
    expect(decoded).toMatchObject({ ok: false, code });
    expect(decoded.ok ? '' : decoded.problems[0]?.what).toContain(sentence);
  });

  it('which frame may stand where (RFC 9000 §12.4, table 3)', () => {
    const minimal: Partial<Record<FrameKind, QuicFrame>> = {
      ack: { kind: 'ack', ranges: [{ smallest: 0, largest: 0 }], delay: 0, ecn: null },
      crypto: { kind: 'crypto', offset: 0, data: new Uint8Array(0) },
      stream: { kind: 'stream', stream: 0, offset: 0, data: new Uint8Array(0), fin: true, hasLength: true },
      handshakeDone: { kind: 'handshakeDone' },
      pathResponse: { kind: 'pathResponse', data: new Uint8Array(8) },
      pathChallenge: { kind: 'pathChallenge', data: new Uint8Array(8) },
      ping: { kind: 'ping' },
    };
    const rows = Object.fromEntries(
      Object.entries(minimal).map(([name, frame]) => [
        name,
        (['initial', 'handshake', 'zeroRtt', 'oneRtt'] as const)
          .map((packet) => (mayCarry(packet, frame) ? 'x' : '.'))
          .join(''),
      ]),
    );
    expect(rows).toEqual({
      ack: 'xx.x',
      crypto: 'xx.x',
      stream: '..xx',
      handshakeDone: '...x',
      pathResponse: '...x',
      pathChallenge: '..xx',
      ping: 'xxxx',
    });
    const close = (type: number | null): QuicFrame => ({
      kind: 'connectionClose',
      code: 0,
      frameType: type,
      reason: '',
    });
    expect([mayCarry('initial', close(0)), mayCarry('initial', close(null)), mayCarry('oneRtt', close(null))]).toEqual([
      true,
      false,
      true,
    ]);
    const kinds: FrameKind[] = ['ack', 'padding', 'connectionClose', 'ping', 'stream', 'pathChallenge'];
    expect(kinds.map(isAckEliciting)).toEqual([false, false, false, true, true, true]);
    expect(kinds.map(isProbing)).toEqual([false, true, false, false, false, true]);
  });

  it('names and phrases', () => {
    expect([0, 3, 8, 0xf, 0x12, 0x1d, 0x31, 0x40].map(frameTypeName)).toEqual([
      'PADDING',
      'ACK',
      'STREAM',
      'STREAM',
      'MAX_STREAMS',
      'CONNECTION_CLOSE',
      'DATAGRAM',
      'frame 0x40',
    ]);
    const payload = fromHex('020703010100010f0004024869000000');
    expect(quicFrameFields(payload, 0, payload.length).map((f) => `${f.name}: ${f.value}`)).toEqual([
      'ACK: 6–7, 3–4',
      'STREAM: stream 0: 2 bytes from 4 on, its last',
      'PADDING: 3 bytes',
    ]);
  });
});
