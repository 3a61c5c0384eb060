import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParameterId, parameterName } from '../../../src/wire/quic/codes.ts';
import { parameterFields } from '../../../src/wire/quic/fields/parameters.ts';
import {
  decodeParameters,
  encodeParameters,
  parameterId,
  parameterNumber,
  parametersSize,
} from '../../../src/wire/quic/transportParameters.ts';
import type { TransportParameter } from '../../../src/wire/quic/transportParameters.ts';
import { fromHex, toHex } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';
import { bytes, varint } from './arbitraries.ts';

const port = fc.nat(0xffff);
const parameter = fc.oneof<fc.Arbitrary<TransportParameter>[]>(
  fc.record({
    kind: fc.constant('number' as const),
    id: fc.constantFrom(1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 0x20),
    value: varint,
  }),
  fc.record({ kind: fc.constant('flag' as const), id: fc.constantFrom(0x0c, 0x2ab2) }),
  fc.record({ kind: fc.constant('bytes' as const), id: fc.constantFrom(0, 2, 15, 16, 0x3a5a), value: bytes(20) }),
  fc.record({
    kind: fc.constant('preferredAddress' as const),
    address: fc.record({
      ipv4: bytes(4, 4),
      ipv4Port: port,
      ipv6: bytes(16, 16),
      ipv6Port: port,
      id: bytes(20),
      resetToken: bytes(16, 16),
    }),
  }),
  fc.record({
    kind: fc.constant('versions' as const),
    chosen: fc.nat(0xffffffff),
    available: fc.array(fc.nat(0xffffffff), { maxLength: 4 }),
  }),
);
const lists = fc.uniqueArray(parameter, { maxLength: 8, selector: parameterId });

describe('transport parameters', () => {
  it('decode ∘ encode is identity in order, size is the number of bytes, fields cover them', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const encoded = encodeParameters(list);
        expect(parametersSize(list)).toBe(encoded.length);
        expect(decodeParameters(encoded)).toEqual({ ok: true, value: list });
        const fields = parameterFields(encoded, 0, encoded.length);
        within(fields, 0, encoded.length * 8);
        expect(fields.reduce((sum, field) => sum + field.bits, 0)).toBe(encoded.length * 8);
      }),
      { numRuns: 300 },
    );
  });

  it('any bytes are read and written again the same, or refused with a sentence', () => {
    fc.assert(
      fc.property(bytes(60), (data) => {
        const decoded = decodeParameters(data);
        if (!decoded.ok) expect(decoded.problems[0]?.what.length).toBeGreaterThan(15);
        else {
          const again = decodeParameters(encodeParameters(decoded.value));
          expect(again).toEqual(decoded);
        }
        within(parameterFields(data, 0, data.length), 0, data.length * 8);
      }),
      { numRuns: 500 },
    );
  });

  it('those of RFC 9001 §A.2 are read and written again to the byte', () => {
    const hex = '0408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff';
    const decoded = decodeParameters(fromHex(hex));
    if (!decoded.ok) return expect.fail(decoded.problems[0]?.what);
    expect(toHex(encodeParameters(decoded.value))).toBe(hex);
    const number = (id: number): unknown => parameterNumber(decoded.value, id);
    expect(number(ParameterId.InitialMaxData)).toBe((1n << 62n) - 1n);
    expect(number(ParameterId.MaxIdleTimeout)).toBe(30000);
    // What is not sent counts by its default.
    expect([number(ParameterId.AckDelayExponent), number(ParameterId.MaxAckDelay), number(0x20)]).toEqual([3, 25, 0]);
    const shown = parameterFields(fromHex(hex), 0, hex.length / 2).map((f) => `${f.name}: ${f.value}`);
    expect(shown).toContain('max_idle_timeout: 30,000');
    expect(shown).toContain('initial_max_data: 4,611,686,018,427,387,903');
    expect(shown).toContain('initial_source_connection_id: 83 94 c8 f0 3e 51 57 08');
  });

  it('one that is there twice is refused (RFC 9000 §7.4)', () => {
    const decoded = decodeParameters(fromHex('010101010102'));
    expect(decoded.ok ? '' : decoded.problems[0]?.what).toContain('max_idle_timeout is there twice');
  });

  it('names', () => {
    expect([0x0e, 0x2ab2, 27, 58, 0x99].map(parameterName)).toEqual([
      'active_connection_id_limit',
      'grease_quic_bit',
      'GREASE',
      'GREASE',
      'parameter 0x99',
    ]);
  });
});
