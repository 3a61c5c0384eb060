import { oidText, readDer, Tag } from './der.ts';
import type { DerNode } from './der.ts';
import { Oid, oidName } from './oids.ts';

/** What people ask of a certificate (RFC 5280 §4.1). */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** `YYYY-MM-DD HH:MM:SS UTC`; the text as it stands where it is no time. */
  readonly from: string;
  readonly until: string;
  /** Host names of the subject alternative names. */
  readonly names: readonly string[];
  /** Name of the public key's algorithm, and of the signature's. */
  readonly key: string;
  readonly signature: string;
}

const ascii = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);
const utf8 = new TextDecoder();

/** `CN=example.org, O=Example` from a Name (RFC 5280 §4.1.2.4). */
const nameText = (der: Uint8Array, name: DerNode): string => {
  const parts: string[] = [];
  for (const set of name.children) {
    for (const { children } of set.children) {
      const [type, value] = children;
      if (!type || !value || type.tag !== Tag.Oid) continue;
      parts.push(`${oidName(oidText(der, type))}=${utf8.decode(der.subarray(value.from, value.end))}`);
    }
  }
  return parts.join(', ');
};

/** UTCTime counts from 1950 to 2049 (RFC 5280 §4.1.2.5.1). */
const timeText = (der: Uint8Array, node: DerNode): string => {
  const text = ascii(der.subarray(node.from, node.end));
  const full = node.tag === Tag.UtcTime ? `${text.slice(0, 2) < '50' ? '20' : '19'}${text}` : text;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  return y === undefined ? text : `${y}-${mo ?? ''}-${d ?? ''} ${h ?? ''}:${mi ?? ''}:${s ?? ''} UTC`;
};

/** [2] dNSName of the subject alternative names (RFC 5280 §4.2.1.6). */
const hostNames = (der: Uint8Array, extensions: DerNode | undefined): string[] => {
  for (const one of extensions?.children[0]?.children ?? []) {
    const [type] = one.children;
    const value = one.children.at(-1);
    if (!type || !value || type.tag !== Tag.Oid || oidText(der, type) !== Oid.SubjectAltName) continue;
    const list = readDer(der, value.from, value.end);
    return (list?.children ?? []).filter((n) => n.tag === 0x82).map((n) => ascii(der.subarray(n.from, n.end)));
  }
  return [];
};

const algorithm = (der: Uint8Array, node: DerNode | undefined): string => {
  const type = node?.children[0];
  return type?.tag === Tag.Oid ? oidName(oidText(der, type)) : 'unknown';
};

/** Reads a certificate; null where it is none. Never throws. */
export const readCertificate = (der: Uint8Array): CertificateFacts | null => {
  const tbs = readDer(der, 0, der.length)?.children[0];
  if (!tbs) return null;
  // Version 1 has no version field in front (RFC 5280 §4.1.2.1).
  const fields = tbs.children[0]?.tag === 0xa0 ? tbs.children.slice(1) : tbs.children;
  const [, signature, issuer, validity, subject, key] = fields;
  const [from, until] = validity?.children ?? [];
  if (!issuer || !subject || !from || !until) return null;
  return {
    subject: nameText(der, subject),
    issuer: nameText(der, issuer),
    from: timeText(der, from),
    until: timeText(der, until),
    names: hostNames(
      der,
      fields.find((f) => f.tag === 0xa3),
    ),
    key: algorithm(der, key?.children[0]),
    signature: algorithm(der, signature),
  };
};
