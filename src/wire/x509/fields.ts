import { grouped, hexBytes } from '../field.ts';
import type { Field } from '../field.ts';
import { oidText, readDer, Tag } from './der.ts';
import type { DerNode } from './der.ts';
import { Oid, oidName } from './oids.ts';

/** Certificates, field by field (RFC 5280 §4.1), of any bytes: what is no certificate gives no fields. */

const RFC = 'RFC 5280 §4.1';
const latin = (bytes: Uint8Array, node: DerNode): string => {
  let out = '';
  for (let i = node.from; i < node.end; i++) out += String.fromCharCode(bytes[i] as number);
  return out;
};

const field = (
  id: string,
  name: string,
  node: DerNode,
  value: string,
  meaning: string,
  rfc: string,
  parts: readonly Field[] = [],
): Field => ({
  id: `x509.${id}`,
  name,
  value,
  meaning,
  bit: node.at * 8,
  bits: (node.end - node.at) * 8,
  rfc,
  parts,
});

const algorithmName = (bytes: Uint8Array, node: DerNode | undefined): string => {
  const id = node?.children[0];
  return id?.tag === Tag.Oid ? oidName(oidText(bytes, id)) : 'unknown';
};

const nameText = (bytes: Uint8Array, node: DerNode): string =>
  node.children
    .flatMap((set) => set.children)
    .map(({ children: [type, value] }) =>
      type && value ? `${oidName(oidText(bytes, type))}=${latin(bytes, value)}` : '',
    )
    .join(', ');

const timeText = (bytes: Uint8Array, node: DerNode | undefined): string => {
  if (!node) return '';
  const text = latin(bytes, node);
  // UTCTime's two digits mean 1950 to 2049 (RFC 5280 §4.1.2.5.1).
  const full = node.tag === Tag.UtcTime ? (Number(text.slice(0, 2)) < 50 ? '20' : '19') + text : text;
  return `${full.slice(0, 4)}-${full.slice(4, 6)}-${full.slice(6, 8)} ${full.slice(8, 10)}:${full.slice(10, 12)} UTC`;
};

const USAGES = [
  'signing',
  'non-repudiation',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'signing of certificates',
  'signing of CRLs',
];

/** What an extension says, in words where it is one of the usual ones. */
const extensionText = (bytes: Uint8Array, id: string, value: DerNode): string => {
  const inner = readDer(bytes, value.from, value.end);
  if (!inner) return hexBytes(bytes.subarray(value.from, value.end));
  switch (id) {
    case Oid.SubjectAltName:
      return inner.children.map((name) => latin(bytes, name)).join(', ');
    case Oid.BasicConstraints:
      return inner.children.length > 0 ? 'an authority' : 'no authority';
    case Oid.KeyUsage: {
      const bits = bytes[inner.from + 1] ?? 0;
      return USAGES.filter((_, i) => (bits & (0x80 >>> i)) !== 0).join(', ');
    }
    case Oid.ExtendedKeyUsage:
      return inner.children.map((usage) => oidName(oidText(bytes, usage))).join(', ');
    default:
      return hexBytes(bytes.subarray(inner.from, inner.end));
  }
};

const extensionFields = (bytes: Uint8Array, node: DerNode): Field => {
  const list = node.children[0]?.children ?? [];
  const parts = list.flatMap((one): Field[] => {
    const [id] = one.children;
    const value = one.children[one.children.length - 1];
    if (!id || id.tag !== Tag.Oid || !value || value === id) return [];
    const dotted = oidText(bytes, id);
    const critical = one.children.length > 2 ? 'critical: who does not know it must refuse' : '';
    return [
      field(
        `extension.${dotted}`,
        oidName(dotted),
        one,
        extensionText(bytes, dotted, value),
        critical,
        'RFC 5280 §4.2.1',
      ),
    ];
  });
  return field('extensions', 'Extensions', node, String(parts.length), '', 'RFC 5280 §4.2', parts);
};

const publicKey = (bytes: Uint8Array, node: DerNode): Field => {
  const [algorithm, key] = node.children;
  const kind = algorithmName(bytes, algorithm);
  const curve = algorithm?.children[1];
  const detail = curve?.tag === Tag.Oid ? `, ${oidName(oidText(bytes, curve))}` : '';
  const size = key ? key.end - key.from - 1 : 0;
  return field('publicKey', 'Public key', node, kind + detail, `${grouped(size)} bytes`, 'RFC 5280 §4.1.2.7');
};

/** The fields of the certificate in [at, end). */
export const certificateFields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const whole = readDer(bytes, at, end);
  const [tbs, algorithm, signature] = whole?.children ?? [];
  if (!tbs || !algorithm || !signature || tbs.tag !== Tag.Sequence) return [];
  const items = [...tbs.children];
  const fields: Field[] = [];
  if (items[0]?.tag === 0xa0) {
    const version = items.shift() as DerNode;
    fields.push(field('version', 'Version', version, String((bytes[version.end - 1] ?? 0) + 1), '', RFC));
  }
  const [serial, inner, issuer, validity, subject, key, ...rest] = items;
  if (!serial || !inner || !issuer || !validity || !subject || !key) return fields;
  const number = hexBytes(bytes.subarray(serial.from, serial.end), 20);
  const [from, until] = validity.children;
  fields.push(
    field('serial', 'Serial number', serial, number, '', 'RFC 5280 §4.1.2.2'),
    field('innerAlgorithm', 'Signature algorithm', inner, algorithmName(bytes, inner), '', 'RFC 5280 §4.1.2.3'),
    field('issuer', 'Issuer', issuer, nameText(bytes, issuer), 'who vouches for it', 'RFC 5280 §4.1.2.4'),
    field(
      'validity',
      'Validity',
      validity,
      `${timeText(bytes, from)} to ${timeText(bytes, until)}`,
      '',
      'RFC 5280 §4.1.2.5',
    ),
    field('subject', 'Subject', subject, nameText(bytes, subject), 'whose key this is', 'RFC 5280 §4.1.2.6'),
    publicKey(bytes, key),
  );
  const extensions = rest.find((node) => node.tag === 0xa3);
  if (extensions) fields.push(extensionFields(bytes, extensions));
  fields.push(
    field('algorithm', 'Signature algorithm', algorithm, algorithmName(bytes, algorithm), '', 'RFC 5280 §4.1.1.2'),
    field(
      'signature',
      'Signature',
      signature,
      hexBytes(bytes.subarray(signature.from + 1, signature.end)),
      'the issuer’s, over all but these two',
      'RFC 5280 §4.1.1.3',
    ),
  );
  return fields;
};

/** Subject, issuer and last day of a certificate in one line; null where it is none. */
export const certificateSummary = (bytes: Uint8Array): string | null => {
  const fields = certificateFields(bytes, 0, bytes.length);
  const of = (id: string): string => fields.find((f) => f.id === `x509.${id}`)?.value ?? '';
  return fields.length < 6 ? null : `${of('subject')}, by ${of('issuer')}, ${of('validity')}`;
};
