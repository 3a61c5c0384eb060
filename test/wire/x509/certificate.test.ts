import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field } from '../../../src/wire/field.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { Identities } from '../../../src/wire/tls/make/identity.ts';
import { blankCertificate } from '../../../src/wire/x509/certificate.ts';
import { chainOf, covers } from '../../../src/wire/x509/chain.ts';
import { integer, oid, oidText, readDer } from '../../../src/wire/x509/der.ts';
import { certificateFields, certificateSummary } from '../../../src/wire/x509/fields.ts';

const options = {
  key: 'ecdsa',
  names: ['www.example.org', '*.example.org'],
  use: 'server',
  from: '20250601000000Z',
  until: '20270601000000Z',
  intermediates: 2,
} as const;

describe('certificates', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'seed %i: Node verifies the chain to its root; sizes were known before',
    async (seed) => {
      const identities = new Identities(await loadCrypto(), seed);
      for (const key of seed < 3 ? (['ecdsa', 'rsa'] as const) : (['ecdsa'] as const)) {
        const chain = chainOf({ ...options, key });
        const specs = [...chain.sent, chain.root];
        const made = specs.map((spec) => identities.certificate(spec));
        expect(made.map((der) => der.length)).toEqual(specs.map((spec) => blankCertificate(spec).length));
        const parsed = made.map((der) => new X509Certificate(der));
        parsed.forEach((certificate, i) => {
          const issuer = parsed[Math.min(i + 1, parsed.length - 1)];
          if (!issuer) throw new Error('no issuer');
          expect(certificate.verify(issuer.publicKey)).toBe(true);
          expect(certificate.checkIssued(issuer)).toBe(true);
          expect(certificate.ca).toBe(i > 0);
        });
        expect(parsed[0]?.checkHost('mail.example.org')).toBe('*.example.org');
        expect(new Date(parsed[0]?.validTo ?? 0).toISOString()).toBe('2027-06-01T00:00:00.000Z');
        const leaf = chain.sent[0];
        if (!leaf) throw new Error('no leaf');
        expect([
          covers(leaf, 'mail.example.org'),
          covers(leaf, 'a.b.example.org'),
          covers(leaf, 'example.org'),
        ]).toEqual([true, false, false]);
        expect(certificateSummary(made[0] ?? new Uint8Array(0))).toMatch(
          /CN=www\.example\.org, by C=CH.*2025-06-01 .* to 2027-06-01/,
        );
      }
    },
  );

  it('fields lie inside and name what people ask for', () => {
    const der = blankCertificate(chainOf(options).sent[0] ?? chainOf(options).root);
    const fields = certificateFields(der, 0, der.length);
    const within = (list: readonly Field[], from: number, end: number): void => {
      for (const f of list) {
        expect(f.bit >= from && f.bit + f.bits <= end).toBe(true);
        within(f.parts, f.bit, f.bit + f.bits);
      }
    };
    within(fields, 0, der.length * 8);
    expect(fields.map((f) => f.name)).toEqual([
      'Version',
      'Serial number',
      'Signature algorithm',
      'Issuer',
      'Validity',
      'Subject',
      'Public key',
      'Extensions',
      'Signature algorithm',
      'Signature',
    ]);
    expect(fields[7]?.parts.map((p) => p.value)).toContain('www.example.org, *.example.org');
  });

  it('any bytes are read or refused, and never thrown at', () => {
    const der = blankCertificate(chainOf(options).root);
    const changed = fc.tuple(fc.nat(der.length - 1), fc.nat(255), fc.nat(der.length)).map(([at, value, cut]) => {
      const copy = der.slice(0, cut);
      copy[at] = value;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), changed), (bytes) => {
        certificateFields(bytes, 0, bytes.length);
        certificateSummary(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('DER numbers and object identifiers come back', () => {
    for (const dotted of ['2.5.4.3', '1.2.840.113549.1.1.11', '1.3.6.1.4.1.11129.2.4.2', '2.999.1']) {
      const bytes = oid(dotted === '2.999.1' ? '2.5.29.17' : dotted);
      const node = readDer(bytes, 0, bytes.length);
      expect(node && oidText(bytes, node)).toBe(dotted === '2.999.1' ? '2.5.29.17' : dotted);
    }
    expect([...integer(Uint8Array.of(0, 0, 0x80))]).toEqual([2, 2, 0, 0x80]);
    expect([...integer(Uint8Array.of(0))]).toEqual([2, 1, 0]);
  });
});
