import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHandshake, handshakeLengthAt } from '../../../src/wire/tls/handshake/decodeMessage.ts';
import { extensionSize } from '../../../src/wire/tls/handshake/extension.ts';
import type { Extension } from '../../../src/wire/tls/handshake/extension.ts';
import { encodeHandshake, handshakeSize } from '../../../src/wire/tls/handshake/message.ts';
import type { HandshakeMessage } from '../../../src/wire/tls/handshake/message.ts';
import { messageFields } from '../../../src/wire/tls/fields/message.ts';
import {
  decodeRecordHeader,
  encodeRecordHeader,
  expansion,
  recordSize,
  recordsOf,
} from '../../../src/wire/tls/record.ts';
import type { Field } from '../../../src/wire/field.ts';

const bytes = (min: number, max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: min, maxLength: max });
const u16 = fc.nat(0xffff);
const u8 = fc.nat(0xff);
const u32 = fc.nat(0xffffffff);
const text = (max: number): fc.Arbitrary<string> => bytes(1, max).map((b) => String.fromCharCode(...b));
const list = (min: number): fc.Arbitrary<number[]> => fc.array(u16, { minLength: min, maxLength: 12 });

const entry = fc.record({ group: u16, share: bytes(0, 120) });
const common: fc.Arbitrary<Extension>[] = [
  fc.oneof(fc.constant(null), text(40)).map((host) => ({ kind: 'serverName', host })),
  u8.map((code) => ({ kind: 'maxFragmentLength', code })),
  fc.boolean().map((asks) => ({ kind: 'statusRequest', asks })),
  list(0).map((groups) => ({ kind: 'supportedGroups', groups })),
  fc.array(u8, { maxLength: 4 }).map((formats) => ({ kind: 'ecPointFormats', formats })),
  list(0).map((schemes) => ({ kind: 'signatureAlgorithms', schemes })),
  list(0).map((schemes) => ({ kind: 'signatureAlgorithmsCert', schemes })),
  fc.array(text(20), { maxLength: 4 }).map((protocols) => ({ kind: 'alpn', protocols })),
  fc.nat(300).map((length) => ({ kind: 'padding', length })),
  fc.constantFrom<Extension>(
    { kind: 'encryptThenMac' },
    { kind: 'extendedMasterSecret' },
    { kind: 'postHandshakeAuth' },
  ),
  u16.map((limit) => ({ kind: 'recordSizeLimit', limit })),
  bytes(0, 250).map((ticket) => ({ kind: 'sessionTicket', ticket })),
  bytes(0, 90).map((cookie) => ({ kind: 'cookie', cookie })),
  fc.array(u8, { maxLength: 3 }).map((modes) => ({ kind: 'pskModes', modes })),
  fc.array(bytes(0, 60), { maxLength: 3 }).map((names) => ({ kind: 'certificateAuthorities', names })),
  bytes(0, 20).map((verify) => ({ kind: 'renegotiationInfo', verify })),
  bytes(0, 20).map((data) => ({ kind: 'raw', type: 0x7777, data })),
];
const only = (...more: fc.Arbitrary<Extension>[]): fc.Arbitrary<Extension[]> =>
  fc.array(fc.oneof(...common, ...more), { maxLength: 8 });
const offers = only(
  fc
    .record({
      identities: fc.array(fc.record({ identity: bytes(0, 250), age: u32 }), { maxLength: 3 }),
      binders: fc.array(bytes(0, 48), { maxLength: 3 }),
    })
    .map((psk) => ({ kind: 'preSharedKeys', ...psk })),
  fc.constant({ kind: 'earlyData', maximum: null }),
  list(0).map((versions) => ({ kind: 'supportedVersions', versions })),
  fc.array(entry, { maxLength: 3 }).map((entries) => ({ kind: 'keyShares', entries })),
);
const answers = only(
  u16.map((index) => ({ kind: 'selectedPsk', index })),
  u16.map((version) => ({ kind: 'selectedVersion', version })),
  entry.map((one) => ({ kind: 'keyShare', entry: one })),
);
const random = bytes(32, 32).filter((r) => r[0] !== 0xcf);
const signed = { scheme: u16, signature: bytes(0, 300) };

const both: fc.Arbitrary<HandshakeMessage>[] = [
  fc.record({
    type: fc.constant('clientHello' as const),
    version: u16,
    random,
    sessionId: bytes(0, 32),
    suites: list(0),
    compression: bytes(0, 3),
    extensions: fc.option<Extension[], null>(offers, { nil: null }),
  }),
  fc.record({
    type: fc.constant('serverHello' as const),
    version: u16,
    random,
    sessionId: bytes(0, 32),
    suite: u16,
    compression: u8,
    extensions: fc.option<Extension[], null>(answers, { nil: null }),
  }),
  fc.constantFrom<HandshakeMessage>({ type: 'helloRequest' }, { type: 'endOfEarlyData' }, { type: 'serverHelloDone' }),
  fc.record({ type: fc.constant('serverKeyExchange' as const), group: u16, share: bytes(0, 133), ...signed }),
  fc.record({ type: fc.constant('certificateVerify' as const), ...signed }),
  bytes(0, 133).map((share) => ({ type: 'clientKeyExchange', share })),
  bytes(0, 48).map((verify) => ({ type: 'finished', verify })),
  bytes(0, 100).map((response) => ({ type: 'certificateStatus', response })),
  fc.boolean().map((request) => ({ type: 'keyUpdate', request })),
  bytes(0, 48).map((hash) => ({ type: 'messageHash', hash })),
  bytes(0, 48).map((body) => ({ type: 'raw', code: 99, body })),
];
const messages13 = fc.oneof<fc.Arbitrary<HandshakeMessage>[]>(
  ...both,
  fc.record({
    type: fc.constant('ticket13' as const),
    lifetime: u32,
    ageAdd: u32,
    nonce: bytes(0, 255),
    ticket: bytes(0, 300),
    extensions: only(u32.map((maximum) => ({ kind: 'earlyData', maximum }))),
  }),
  only().map((extensions) => ({ type: 'encryptedExtensions', extensions })),
  fc.record({
    type: fc.constant('certificate13' as const),
    context: bytes(0, 8),
    entries: fc.array(fc.record({ der: bytes(0, 900), extensions: only() }), { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('certificateRequest13' as const), context: bytes(0, 8), extensions: only() }),
);
const messages12 = fc.oneof<fc.Arbitrary<HandshakeMessage>[]>(
  ...both,
  fc.record({ type: fc.constant('ticket12' as const), lifetime: u32, ticket: bytes(0, 300) }),
  fc
    .array(bytes(0, 900), { maxLength: 3 })
    .map((certificates): HandshakeMessage => ({ type: 'certificate12', certificates })),
  fc.record({
    type: fc.constant('certificateRequest12' as const),
    certificateTypes: bytes(0, 4),
    schemes: list(0),
    authorities: fc.array(bytes(0, 80), { maxLength: 3 }),
  }),
);

const within = (fields: readonly Field[], from: number, end: number): void => {
  for (const field of fields) {
    expect(field.bit).toBeGreaterThanOrEqual(from);
    expect(field.bit + field.bits).toBeLessThanOrEqual(end);
    expect(field.rfc).toMatch(/^(RFC|draft)/);
    within(field.parts, field.bit, field.bit + field.bits);
  }
};

describe.each([
  ['1.3', true, messages13],
  ['1.2', false, messages12],
] as const)('handshake messages of TLS %s', (_, is13, messages) => {
  it('decode ∘ encode is identity, size is the number of bytes, fields lie inside', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const encoded = encodeHandshake(message);
        expect(handshakeSize(message)).toBe(encoded.length);
        expect(handshakeLengthAt(encoded, 0)).toBe(encoded.length);
        const decoded = decodeHandshake(encoded, is13);
        expect(decoded).toEqual({ ok: true, value: message });
        within(messageFields(encoded, 0, encoded.length, is13), 0, encoded.length * 8);
        if ('extensions' in message && message.extensions) {
          for (const extension of message.extensions) expect(extensionSize(extension)).toBeGreaterThanOrEqual(4);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('any bytes, and any cut or changed message, are read or refused with a sentence', () => {
    const changed = fc.tuple(messages, fc.nat(), u8, fc.nat()).map(([message, at, value, cut]) => {
      const encoded = encodeHandshake(message);
      encoded[at % encoded.length] = value;
      return encoded.slice(0, cut % (encoded.length + 1));
    });
    fc.assert(
      fc.property(fc.oneof(bytes(0, 200), changed), (data) => {
        const decoded = decodeHandshake(data, is13);
        if (decoded.ok) {
          // Bytes behind the message are not its own; what was read is written back the same.
          const encoded = encodeHandshake(decoded.value);
          expect(Buffer.compare(encoded, data.slice(0, encoded.length))).toBe(0);
        } else expect(decoded.problems[0]?.what.length).toBeGreaterThan(10);
        within(messageFields(data, 0, data.length, is13), 0, data.length * 8);
      }),
      { numRuns: 300 },
    );
  });
});

describe('records', () => {
  it('headers come back, and sizes are as RFC 8446 §5.2 and RFC 5288 have them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 23 }),
        fc.integer({ min: 0x0300, max: 0x0304 }),
        fc.nat(18432),
        (type, version, length) => {
          const data = new Uint8Array(5 + length);
          encodeRecordHeader({ type, version, length }, data, 0);
          expect(decodeRecordHeader(data, 0)).toEqual({ ok: true, value: { type, version, length } });
          expect(recordsOf(data)).toEqual([{ type, version, length, at: 0, from: 5, end: 5 + length }]);
        },
      ),
    );
    expect([expansion('none'), expansion('gcm12'), expansion('chacha12'), expansion('aead13')]).toEqual([
      0, 24, 16, 17,
    ]);
    expect(recordSize(16384, 'aead13')).toBe(16384 + 22);
  });
});
