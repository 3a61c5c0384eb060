import { ExtensionType } from '../codes.ts';
import { Reader } from '../reader.ts';
import type { Extension, KeyShareEntry } from './extension.ts';

/** The message that an extension stands in: some have another form in each. */
export type ExtensionPlace =
  'clientHello' | 'serverHello' | 'helloRetry' | 'encrypted' | 'certificate' | 'certificateRequest' | 'ticket';

const text = (bytes: Uint8Array): string => {
  let out = '';
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out;
};

const list16 = (r: Reader, width: 1 | 2, what: string): number[] => r.list(width, what, () => r.u16(what));
const list8 = (r: Reader, what: string): number[] => r.list(1, what, () => r.u8(what));

const entry = (r: Reader): KeyShareEntry => ({ group: r.u16('group'), share: r.opaque(2, 'key exchange') });

const serverName = (r: Reader): Extension | null => {
  if (r.left === 0) return { kind: 'serverName', host: null };
  const names = r.list(2, 'server names', () => ({ type: r.u8('name type'), name: r.opaque(2, 'name') }));
  const [only] = names;
  return names.length === 1 && only?.type === 0 ? { kind: 'serverName', host: text(only.name) } : null;
};

const statusRequest = (r: Reader): Extension | null => {
  if (r.left === 0) return { kind: 'statusRequest', asks: false };
  return r.u8('status type') === 1 && r.u32('responders and extensions') === 0
    ? { kind: 'statusRequest', asks: true }
    : null;
};

const padding = (r: Reader): Extension | null => {
  const { left } = r;
  return r.rest().every((byte) => byte === 0) ? { kind: 'padding', length: left } : null;
};

const preSharedKey = (r: Reader, place: ExtensionPlace): Extension => {
  if (place !== 'clientHello') return { kind: 'selectedPsk', index: r.u16('identity') };
  return {
    kind: 'preSharedKeys',
    identities: r.list(2, 'identities', () => ({ identity: r.opaque(2, 'identity'), age: r.u32('ticket age') })),
    binders: r.list(2, 'binders', () => r.opaque(1, 'binder')),
  };
};

const keyShare = (r: Reader, place: ExtensionPlace): Extension => {
  if (place === 'clientHello') return { kind: 'keyShares', entries: r.list(2, 'key shares', () => entry(r)) };
  if (place === 'helloRetry') return { kind: 'keyShareGroup', group: r.u16('group') };
  return { kind: 'keyShare', entry: entry(r) };
};

/** The content of one extension; null where a known type does not have the form it should have. */
const known = (r: Reader, type: number, place: ExtensionPlace): Extension | null => {
  switch (type) {
    case ExtensionType.ServerName:
      return serverName(r);
    case ExtensionType.MaxFragmentLength:
      return { kind: 'maxFragmentLength', code: r.u8('code') };
    case ExtensionType.StatusRequest:
      return statusRequest(r);
    case ExtensionType.SupportedGroups:
      return { kind: 'supportedGroups', groups: list16(r, 2, 'groups') };
    case ExtensionType.EcPointFormats:
      return { kind: 'ecPointFormats', formats: list8(r, 'point formats') };
    case ExtensionType.SignatureAlgorithms:
      return { kind: 'signatureAlgorithms', schemes: list16(r, 2, 'signature algorithms') };
    case ExtensionType.SignatureAlgorithmsCert:
      return { kind: 'signatureAlgorithmsCert', schemes: list16(r, 2, 'signature algorithms') };
    case ExtensionType.Alpn:
      return { kind: 'alpn', protocols: r.list(2, 'protocols', () => text(r.opaque(1, 'protocol'))) };
    case ExtensionType.Padding:
      return padding(r);
    case ExtensionType.EncryptThenMac:
      return { kind: 'encryptThenMac' };
    case ExtensionType.ExtendedMasterSecret:
      return { kind: 'extendedMasterSecret' };
    case ExtensionType.PostHandshakeAuth:
      return { kind: 'postHandshakeAuth' };
    case ExtensionType.RecordSizeLimit:
      return { kind: 'recordSizeLimit', limit: r.u16('limit') };
    case ExtensionType.SessionTicket:
      return { kind: 'sessionTicket', ticket: r.rest() };
    case ExtensionType.PreSharedKey:
      return preSharedKey(r, place);
    case ExtensionType.EarlyData:
      return { kind: 'earlyData', maximum: place === 'ticket' ? r.u32('maximum') : null };
    case ExtensionType.SupportedVersions:
      return place === 'clientHello'
        ? { kind: 'supportedVersions', versions: list16(r, 1, 'versions') }
        : { kind: 'selectedVersion', version: r.u16('version') };
    case ExtensionType.Cookie:
      return { kind: 'cookie', cookie: r.opaque(2, 'cookie') };
    case ExtensionType.PskKeyExchangeModes:
      return { kind: 'pskModes', modes: list8(r, 'modes') };
    case ExtensionType.CertificateAuthorities:
      return { kind: 'certificateAuthorities', names: r.list(2, 'authorities', () => r.opaque(2, 'name')) };
    case ExtensionType.KeyShare:
      return keyShare(r, place);
    case ExtensionType.RenegotiationInfo:
      return { kind: 'renegotiationInfo', verify: r.opaque(1, 'verify data') };
    default:
      return null;
  }
};

/** One extension at the reader. What has not the form of its type stays raw: the message is read on. */
export const readExtension = (r: Reader, place: ExtensionPlace): Extension => {
  const type = r.u16('extension type');
  const data = r.opaque(2, 'extension');
  const inner = new Reader(data);
  const extension = known(inner, type, place);
  return extension === null || inner.problem !== null || inner.left > 0 ? { kind: 'raw', type, data } : extension;
};

export const readExtensions = (r: Reader, place: ExtensionPlace): Extension[] =>
  r.list(2, 'extensions', () => readExtension(r, place));
