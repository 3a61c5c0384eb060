import { bitString, concat, integer, NULL, oid, sequence, Tag, text, tlv, TRUE } from './der.ts';
import { Oid } from './oids.ts';

export interface Name {
  readonly country?: string;
  readonly organization?: string;
  readonly commonName: string;
}

export type KeyKind = 'ecdsa' | 'rsa';

/** What a certificate says: plain data, from which its size follows without any cryptography. */
export interface CertificateSpec {
  /** Whose key: the key itself is derived from this and the seed (ECDSA), or looked up by it (RSA). */
  readonly keyId: string;
  readonly key: KeyKind;
  readonly issuerKeyId: string;
  readonly issuerKey: KeyKind;
  readonly subject: Name;
  readonly issuer: Name;
  /** Host names; none for authorities and clients. */
  readonly names: readonly string[];
  /** `YYYYMMDDHHMMSSZ`. */
  readonly from: string;
  readonly until: string;
  readonly use: 'authority' | 'server' | 'client';
  /** Where revocation can be looked up; null: nowhere. */
  readonly revocation: { readonly crl: string; readonly ocsp: string } | null;
}

/** What only cryptography can give: each of a size that the spec fixes. */
export interface CertificateContents {
  /** Uncompressed point of 65 bytes, or modulus of 256. */
  readonly publicKey: Uint8Array;
  /** 20 bytes each (RFC 5280 §4.2.1.2, method 1). */
  readonly subjectKeyId: Uint8Array;
  readonly issuerKeyId: Uint8Array;
  /** 16 bytes, the first between 0x40 and 0x7f so that the number has one length. */
  readonly serial: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * DER length of an ECDSA signature with P-256. Real ones have 70 to 72 bytes (fewer once in 256), by the first bits of
 * their two numbers. Sizes have to be known before anything is signed, so the most frequent length is the one of the
 * house, and signing is repeated with RFC 6979 §3.6's additional data counted up until it comes out so.
 */
export const ECDSA_SIGNATURE_SIZE = 71;
export const RSA_SIGNATURE_SIZE = 256;
export const signatureSize = (kind: KeyKind): number => (kind === 'ecdsa' ? ECDSA_SIGNATURE_SIZE : RSA_SIGNATURE_SIZE);
export const publicKeySize = (kind: KeyKind): number => (kind === 'ecdsa' ? 65 : 256);

const attribute = (type: string, tag: number, value: string): Uint8Array =>
  tlv(Tag.Set, sequence(oid(type), text(tag, value)));

/** RFC 5280 §4.1.2.4. */
export const encodeName = (name: Name): Uint8Array =>
  sequence(
    ...(name.country === undefined ? [] : [attribute(Oid.Country, Tag.Printable, name.country)]),
    ...(name.organization === undefined ? [] : [attribute(Oid.Organization, Tag.Utf8, name.organization)]),
    attribute(Oid.CommonName, Tag.Utf8, name.commonName),
  );

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
const time = (value: string): Uint8Array =>
  value >= '2050' ? text(Tag.GeneralizedTime, value) : text(Tag.UtcTime, value.slice(2));

const algorithm = (signer: KeyKind): Uint8Array =>
  signer === 'ecdsa' ? sequence(oid(Oid.EcdsaSha256)) : sequence(oid(Oid.RsaSha256), NULL);

const PUBLIC_EXPONENT = Uint8Array.of(1, 0, 1);

/** RFC 5480 §2, RFC 3279 §2.3.1. */
export const encodePublicKey = (kind: KeyKind, key: Uint8Array): Uint8Array =>
  kind === 'ecdsa'
    ? sequence(sequence(oid(Oid.EcPublicKey), oid(Oid.P256)), bitString(key))
    : sequence(sequence(oid(Oid.RsaEncryption), NULL), bitString(sequence(integer(key), integer(PUBLIC_EXPONENT))));

const extension = (type: string, critical: boolean, value: Uint8Array): Uint8Array =>
  sequence(oid(type), ...(critical ? [TRUE] : []), tlv(Tag.OctetString, value));

/** Key usage: digitalSignature, or keyCertSign and cRLSign (RFC 5280 §4.2.1.3). */
const keyUsage = (spec: CertificateSpec): Uint8Array =>
  spec.use === 'authority' ? bitString(Uint8Array.of(0x06), 1) : bitString(Uint8Array.of(0x80), 7);

const extensions = (spec: CertificateSpec, contents: CertificateContents): Uint8Array => {
  const list = [
    extension(Oid.BasicConstraints, true, spec.use === 'authority' ? sequence(TRUE) : sequence()),
    extension(Oid.KeyUsage, true, keyUsage(spec)),
  ];
  if (spec.use !== 'authority') {
    list.push(
      extension(Oid.ExtendedKeyUsage, false, sequence(oid(spec.use === 'server' ? Oid.ServerAuth : Oid.ClientAuth))),
    );
  }
  if (spec.names.length > 0) {
    const names = spec.names.map((name) => text(0x82, name)); // [2] dNSName (RFC 5280 §4.2.1.6)
    list.push(extension(Oid.SubjectAltName, false, sequence(...names)));
  }
  list.push(
    extension(Oid.SubjectKeyId, false, tlv(Tag.OctetString, contents.subjectKeyId)),
    extension(Oid.AuthorityKeyId, false, sequence(tlv(0x80, contents.issuerKeyId))),
  );
  if (spec.revocation) {
    const { crl, ocsp } = spec.revocation;
    // RFC 5280 §4.2.1.13: one point, by its full name, a URI; §4.2.2.1: where OCSP answers.
    const point = sequence(tlv(0xa0, tlv(0xa0, text(0x86, crl))));
    list.push(
      extension(Oid.CrlDistributionPoints, false, sequence(point)),
      extension(Oid.AuthorityInfoAccess, false, sequence(sequence(oid(Oid.OcspAccess), text(0x86, ocsp)))),
    );
  }
  return tlv(0xa3, sequence(...list));
};

/** The part that is signed (RFC 5280 §4.1.2). */
export const encodeTbs = (spec: CertificateSpec, contents: CertificateContents): Uint8Array =>
  sequence(
    tlv(0xa0, integer(Uint8Array.of(2))), // version 3
    integer(contents.serial),
    algorithm(spec.issuerKey),
    encodeName(spec.issuer),
    sequence(time(spec.from), time(spec.until)),
    encodeName(spec.subject),
    encodePublicKey(spec.key, contents.publicKey),
    extensions(spec, contents),
  );

/** The certificate in DER (RFC 5280 §4.1). */
export const encodeCertificate = (spec: CertificateSpec, contents: CertificateContents): Uint8Array =>
  concat([sequence(encodeTbs(spec, contents), algorithm(spec.issuerKey), bitString(contents.signature))]);

/** The certificate with nothing that only cryptography can give: of the right size, and readable. */
export const blankCertificate = (spec: CertificateSpec): Uint8Array =>
  encodeCertificate(spec, {
    // A modulus needs its first bit, a point its first byte, or their lengths would differ.
    publicKey: new Uint8Array(publicKeySize(spec.key)).fill(0x80, 0, 1),
    subjectKeyId: new Uint8Array(20),
    issuerKeyId: new Uint8Array(20),
    serial: new Uint8Array(16).fill(0x40, 0, 1),
    signature: new Uint8Array(signatureSize(spec.issuerKey)),
  });
