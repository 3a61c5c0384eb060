import fc from 'fast-check';
import { asVarint } from '../../../src/wire/varint.ts';
import type { Varint } from '../../../src/wire/varint.ts';
import type { ReadFrame } from '../../../src/wire/quic/frame/frame.ts';
import type { PacketHeader } from '../../../src/wire/quic/packet/header.ts';

export const bytes = (max: number, min = 0): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: min, maxLength: max });
export const varint: fc.Arbitrary<Varint> = fc
  .oneof(fc.bigInt(0n, 63n), fc.bigInt(0n, 1n << 14n), fc.bigInt(0n, 1n << 30n), fc.bigInt(0n, (1n << 62n) - 100n))
  .map(asVarint);
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
const text = bytes(20).map((b) => Buffer.from(b).toString('latin1'));
const direction = fc.constantFrom('bidi' as const, 'uni');
const streams = fc.bigInt(0n, 1n << 60n).map(asVarint);

const ranges = fc.array(fc.tuple(fc.nat(300), fc.nat(300)), { minLength: 1, maxLength: 6 }).map((steps) => {
  let top = steps.reduce((sum, [gap, span]) => sum + gap + span + 2, 0);
  return steps.map(([gap, span]) => {
    const range = { largest: top, smallest: top - span };
    top -= span + gap + 2;
    return range;
  });
});

/** Frames of every kind but those that go on to the packet's end. */
export const frames: fc.Arbitrary<ReadFrame> = fc.oneof<fc.Arbitrary<ReadFrame>[]>(
  fc.constantFrom<ReadFrame>({ kind: 'ping' }, { kind: 'handshakeDone' }, { kind: 'immediateAck' }),
  fc.record({ kind: kind('timeStamp'), time: varint }),
  fc.record({
    kind: kind('ackFrequency'),
    sequence: varint,
    threshold: varint,
    maxAckDelay: varint,
    reordering: varint,
  }),
  fc.record({
    kind: kind('ack'),
    ranges,
    delay: varint,
    ecn: fc.oneof(fc.constant(null), fc.record({ ect0: varint, ect1: varint, ce: varint })),
  }),
  fc.record({ kind: kind('resetStream'), stream: varint, code: varint, finalSize: varint }),
  fc.record({ kind: kind('stopSending'), stream: varint, code: varint }),
  fc.record({ kind: kind('crypto'), offset: varint, data: bytes(80) }),
  fc.record({ kind: kind('newToken'), token: bytes(30, 1) }),
  fc.record({
    kind: kind('stream'),
    stream: varint,
    offset: varint,
    data: bytes(80),
    fin: fc.boolean(),
    hasLength: fc.constant(true),
  }),
  fc.record({ kind: kind('maxData'), max: varint }),
  fc.record({ kind: kind('maxStreamData'), stream: varint, max: varint }),
  fc.record({ kind: kind('maxStreams'), direction, max: streams }),
  fc.record({ kind: kind('dataBlocked'), limit: varint }),
  fc.record({ kind: kind('streamDataBlocked'), stream: varint, limit: varint }),
  fc.record({ kind: kind('streamsBlocked'), direction, limit: streams }),
  fc.record({
    kind: kind('newConnectionId'),
    sequence: varint,
    retirePriorTo: fc.constant(0),
    id: bytes(20, 1),
    resetToken: bytes(16, 16),
  }),
  fc.record({ kind: kind('retireConnectionId'), sequence: varint }),
  fc.record({ kind: kind('pathChallenge'), data: bytes(8, 8) }),
  fc.record({ kind: kind('pathResponse'), data: bytes(8, 8) }),
  fc.record({
    kind: kind('connectionClose'),
    code: varint,
    frameType: fc.oneof(fc.constant(null), varint),
    reason: text,
  }),
  fc.record({ kind: kind('datagram'), data: bytes(40), hasLength: fc.constant(true) }),
);
/** Frames without a length: only the last of a packet may be one. */
export const openFrames: fc.Arbitrary<ReadFrame> = fc.oneof<fc.Arbitrary<ReadFrame>[]>(
  fc.record({ kind: kind('padding'), length: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: kind('datagram'), data: bytes(40), hasLength: fc.constant(false) }),
  fc.record({
    kind: kind('stream'),
    stream: varint,
    offset: varint,
    data: bytes(80),
    fin: fc.boolean(),
    hasLength: fc.constant(false),
  }),
);

const id = bytes(20);
const numberLength = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);
const version = fc.constantFrom(1, 0x6b3343cf, 0xff00001d);
const number = fc.nat(100);
const fixedBit = fc.boolean();
export const longHeaders = (destination: fc.Arbitrary<Uint8Array>): fc.Arbitrary<PacketHeader> =>
  fc.oneof<fc.Arbitrary<PacketHeader>[]>(
    fc.record({
      kind: kind('initial'),
      version,
      destination,
      source: id,
      token: bytes(100),
      number,
      numberLength,
      fixedBit,
    }),
    fc.record({
      kind: fc.constantFrom('zeroRtt' as const, 'handshake'),
      version,
      destination,
      source: id,
      number,
      numberLength,
      fixedBit,
    }),
    fc.record({
      kind: kind('handshake'),
      version,
      destination,
      source: id,
      number,
      numberLength,
      fixedBit,
      lengthSize: fc.constantFrom(2 as const, 4 as const, 8 as const),
    }),
  );
export const shortHeaders = (destination: fc.Arbitrary<Uint8Array>): fc.Arbitrary<PacketHeader> =>
  fc.record({
    kind: kind('oneRtt'),
    destination,
    spin: fc.boolean(),
    keyPhase: fc.constantFrom(0 as const, 1 as const),
    number,
    numberLength,
    fixedBit,
  });
