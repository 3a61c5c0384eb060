import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quicVersionName } from '../../../src/wire/quic/codes.ts';
import { INITIAL_SUITE, packetKeys, updatedKeys } from '../../../src/wire/quic/crypto/keys.ts';
import type { PacketKeys } from '../../../src/wire/quic/crypto/keys.ts';
import { loadQuicCrypto } from '../../../src/wire/quic/crypto/load.ts';
import { openPacket, sealPacket } from '../../../src/wire/quic/crypto/protection.ts';
import { versionKeys } from '../../../src/wire/quic/crypto/version.ts';
import { packetFields, packetName } from '../../../src/wire/quic/fields/packet.ts';
import {
  encodeStatelessReset,
  isStatelessReset,
  packetsOf,
  readPacket,
  versionAt,
} from '../../../src/wire/quic/packet/datagram.ts';
import {
  encodeRetry,
  encodeVersionNegotiation,
  leastPayload,
  packetSize,
  retrySize,
  versionNegotiationSize,
} from '../../../src/wire/quic/packet/header.ts';
import type { PacketHeader } from '../../../src/wire/quic/packet/header.ts';
import { suiteOf } from '../../../src/wire/tls/crypto/suites.ts';
import { fromHex } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';
import { bytes, longHeaders, shortHeaders } from './arbitraries.ts';

const crypto = await loadQuicCrypto();
const keysOf = (suite: number): PacketKeys =>
  packetKeys(
    crypto,
    suiteOf(suite) ?? INITIAL_SUITE,
    versionKeys(1)!,
    new Uint8Array(suite === 0x1302 ? 48 : 32).fill(7),
  );
const suites = [0x1301, 0x1302, 0x1303].map(keysOf);

/** Several packets of one connection in a datagram, the last with a short header or not. */
const datagrams = bytes(20).chain((destination) =>
  fc.tuple(
    fc.array(longHeaders(fc.constant(destination)), { minLength: 1, maxLength: 3 }),
    fc.array(shortHeaders(fc.constant(destination)), { maxLength: 1 }),
    bytes(70, 4),
    fc.nat(2),
  ),
);

describe('QUIC packets', () => {
  it('what is sealed is found in its datagram and opened, whatever the suite; size is known before', () => {
    fc.assert(
      fc.property(datagrams, ([long, short, payload, suite]) => {
        const keys = suites[suite]!;
        const headers: PacketHeader[] = [...long, ...short];
        const parts = headers.map((header) => {
          const sealed = sealPacket(header, payload, keys);
          if (!sealed.ok) return expect.fail(sealed.problems[0]?.what);
          expect(packetSize(header, payload.length)).toBe(sealed.value.length);
          return sealed.value;
        });
        const datagram = Uint8Array.from(parts.flatMap((part) => [...part]));
        const { packets, rest } = packetsOf(datagram, headers[0]!.destination.length);
        expect(rest).toBeNull();
        expect(packets.map((packet) => packet.kind)).toEqual(headers.map((header) => header.kind));
        packets.forEach((place, i) => {
          const header = headers[i]!;
          if (!('numberAt' in place)) return expect.fail('no number');
          const opened = openPacket(datagram, place, keys, header.number - 1);
          if (!opened.ok) return expect.fail(opened.problems[0]?.what);
          expect(opened.value).toMatchObject({ number: header.number, numberLength: header.numberLength, reserved: 0 });
          expect(opened.value.payload).toEqual(payload);
          expect(opened.value.keyPhase).toBe(header.kind === 'oneRtt' ? header.keyPhase : null);
          for (const head of [opened.value, null]) {
            const fields = packetFields(datagram, place, head);
            within(fields, place.at * 8, place.end * 8);
            expect(fields.reduce((sum, field) => sum + field.bits, 0)).toBe((place.end - place.at) * 8);
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('any bytes are packets or have a sentence', () => {
    const starts = [
      '',
      'c000000001',
      'e000000001',
      'f000000001',
      'd06b3343cf',
      '8000000000',
      'c0ff00001d',
      'c012345678',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), bytes(60), fc.nat(20), (start, tail, idLength) => {
        const data = Uint8Array.from([...fromHex(start), ...tail]);
        const { packets, rest } = packetsOf(data, idLength);
        if (rest) expect(rest.what.length).toBeGreaterThan(15);
        expect(packets.at(-1)?.end ?? 0).toBe(rest ? rest.at : data.length);
        for (const place of packets) {
          within(packetFields(data, place), place.at * 8, place.end * 8);
          if (!('numberAt' in place)) continue;
          const opened = openPacket(data, place, suites[0]!, -1);
          expect(opened.ok ? '' : opened.problems[0]?.what).toMatch(/wrong|at least 20/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('Version Negotiation and Retry come back', () => {
    fc.assert(
      fc.property(
        bytes(40),
        bytes(40),
        fc.array(fc.nat(0xffffffff), { maxLength: 6 }),
        fc.nat(127),
        (d, s, versions, unused) => {
          const packet = { destination: d, source: s, versions, unused };
          const data = encodeVersionNegotiation(packet);
          expect(versionNegotiationSize(packet)).toBe(data.length);
          const read = readPacket(data, 0, data.length, 0);
          expect(read).toMatchObject({ ok: true, value: { kind: 'versionNegotiation', ...packet, end: data.length } });
          if (read.ok) within(packetFields(data, read.value), 0, data.length * 8);
        },
      ),
    );
    fc.assert(
      fc.property(
        bytes(20),
        bytes(20),
        bytes(60),
        bytes(16, 16),
        fc.nat(15),
        (destination, source, token, tag, unused) => {
          const retry = { version: 1, destination, source, token, unused };
          const data = encodeRetry(retry, tag);
          expect(retrySize(retry)).toBe(data.length);
          const read = readPacket(data, 0, data.length, 0);
          expect(read).toMatchObject({ ok: true, value: { kind: 'retry', ...retry, tag } });
          if (read.ok) {
            const fields = packetFields(data, read.value);
            expect(fields.reduce((sum, field) => sum + field.bits, 0)).toBe(data.length * 8);
          }
        },
      ),
    );
  });

  it('a packet of another connection in a datagram is not read (RFC 9000 §12.2)', () => {
    const header: PacketHeader = {
      kind: 'handshake',
      version: 1,
      destination: fromHex('01'),
      source: fromHex('02'),
      number: 0,
      numberLength: 1,
    };
    const [one, other] = [header, { ...header, destination: fromHex('03') }].map((h) => {
      const sealed = sealPacket(h, new Uint8Array(10), suites[0]!);
      return sealed.ok ? [...sealed.value] : [];
    });
    const { packets, rest } = packetsOf(Uint8Array.from([...one!, ...other!]), 1);
    expect(packets).toHaveLength(1);
    expect(rest).toMatchObject({ at: one!.length });
    expect(rest?.what).toContain('not that of the first packet');
  });

  it('after a key update the key phase tells which keys open a packet (RFC 9001 §6)', () => {
    const now = suites[0]!;
    const next = updatedKeys(crypto, now);
    const header: PacketHeader = {
      kind: 'oneRtt',
      destination: fromHex('0102'),
      spin: true,
      keyPhase: 1,
      number: 9,
      numberLength: 2,
    };
    const sealed = sealPacket(header, Uint8Array.of(1, 0, 0), next);
    if (!sealed.ok) return expect.fail('not sealed');
    const [place] = packetsOf(sealed.value, 2).packets;
    if (place?.kind !== 'oneRtt') return expect.fail('no packet');
    expect(openPacket(sealed.value, place, now, 8).ok).toBe(false);
    expect(openPacket(sealed.value, place, now, 8, (phase) => (phase === 1 ? next : now))).toMatchObject({
      ok: true,
      value: { keyPhase: 1, number: 9 },
    });
    const missing = openPacket(sealed.value, place, now, 8, () => null);
    expect(missing.ok ? '' : missing.problems[0]?.what).toContain('no keys are known');
  });

  it('a stateless reset is known by its token alone (RFC 9000 §10.3)', () => {
    const token = Uint8Array.from({ length: 16 }, (_, i) => i);
    const reset = encodeStatelessReset(new Uint8Array(30).fill(0xff), token);
    expect([reset.length, reset[0]]).toEqual([46, 0x7f]);
    expect(isStatelessReset(reset, [new Uint8Array(16), token])).toBe(true);
    expect(isStatelessReset(reset, [new Uint8Array(16)])).toBe(false);
    expect(isStatelessReset(reset.subarray(26), [token])).toBe(false);
    expect(versionAt(reset, 0)).toBeNull();
  });

  it('fewest bytes of payload leave exactly one sample', () => {
    for (const numberLength of [1, 2, 3, 4] as const) {
      const header: PacketHeader = { ...HEADER, numberLength };
      const sealed = sealPacket(header, new Uint8Array(leastPayload(numberLength)), suites[0]!);
      if (!sealed.ok) return expect.fail('not sealed');
      const [place] = packetsOf(sealed.value, 0).packets;
      if (place?.kind !== 'oneRtt') return expect.fail('no packet');
      expect(place.end - place.numberAt).toBe(20);
      expect(openPacket(sealed.value, place, suites[0]!, -1).ok).toBe(true);
    }
  });

  it('names', () => {
    expect([0, 1, 0x6b3343cf, 0xff00001d, 0x1a2a3a4a, 0x12345678].map(quicVersionName)).toEqual([
      'version negotiation',
      'QUIC 1',
      'QUIC 2',
      'draft 29',
      'GREASE',
      'version 0x12345678',
    ]);
    expect([packetName('zeroRtt'), packetName('oneRtt')]).toEqual(['0-RTT', '1-RTT']);
  });
});

const HEADER = { kind: 'oneRtt', destination: new Uint8Array(0), spin: false, keyPhase: 0, number: 0 } as const;
