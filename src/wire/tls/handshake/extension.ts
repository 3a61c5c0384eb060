import { ExtensionType } from '../codes.ts';
import { measured } from '../sink.ts';
import type { Sink } from '../sink.ts';

/** A public value for a group (RFC 8446 §4.2.8). */
export interface KeyShareEntry {
  readonly group: number;
  readonly share: Uint8Array;
}

/** A ticket that is offered again (RFC 8446 §4.2.11); `age` is obfuscated, in ms. */
export interface PskIdentity {
  readonly identity: Uint8Array;
  readonly age: number;
}

/**
 * An extension of a handshake message (RFC 8446 §4.2). Where the content differs from message to message (a client lists
 * key shares, a server gives one), each form is a kind. Text is one character a byte, as on the wire.
 */
export type Extension =
  | { readonly kind: 'serverName'; readonly host: string | null }
  | { readonly kind: 'maxFragmentLength'; readonly code: number }
  /** A client asks for OCSP without naming responders; the empty form is the 1.2 server's answer. */
  | { readonly kind: 'statusRequest'; readonly asks: boolean }
  | { readonly kind: 'supportedGroups'; readonly groups: readonly number[] }
  | { readonly kind: 'ecPointFormats'; readonly formats: readonly number[] }
  | { readonly kind: 'signatureAlgorithms'; readonly schemes: readonly number[] }
  | { readonly kind: 'signatureAlgorithmsCert'; readonly schemes: readonly number[] }
  | { readonly kind: 'alpn'; readonly protocols: readonly string[] }
  | { readonly kind: 'padding'; readonly length: number }
  | { readonly kind: 'encryptThenMac' }
  | { readonly kind: 'extendedMasterSecret' }
  | { readonly kind: 'postHandshakeAuth' }
  | { readonly kind: 'recordSizeLimit'; readonly limit: number }
  | { readonly kind: 'sessionTicket'; readonly ticket: Uint8Array }
  | {
      readonly kind: 'preSharedKeys';
      readonly identities: readonly PskIdentity[];
      readonly binders: readonly Uint8Array[];
    }
  | { readonly kind: 'selectedPsk'; readonly index: number }
  /** `maximum` only in a ticket: how many early bytes it allows. */
  | { readonly kind: 'earlyData'; readonly maximum: number | null }
  | { readonly kind: 'supportedVersions'; readonly versions: readonly number[] }
  | { readonly kind: 'selectedVersion'; readonly version: number }
  | { readonly kind: 'cookie'; readonly cookie: Uint8Array }
  | { readonly kind: 'pskModes'; readonly modes: readonly number[] }
  | { readonly kind: 'certificateAuthorities'; readonly names: readonly Uint8Array[] }
  | { readonly kind: 'keyShares'; readonly entries: readonly KeyShareEntry[] }
  | { readonly kind: 'keyShare'; readonly entry: KeyShareEntry }
  | { readonly kind: 'keyShareGroup'; readonly group: number }
  | { readonly kind: 'renegotiationInfo'; readonly verify: Uint8Array }
  /** Not known here, or known and not of the form it should have: kept byte by byte. */
  | { readonly kind: 'raw'; readonly type: number; readonly data: Uint8Array };

const types: Readonly<Record<Exclude<Extension['kind'], 'raw'>, number>> = {
  serverName: ExtensionType.ServerName,
  maxFragmentLength: ExtensionType.MaxFragmentLength,
  statusRequest: ExtensionType.StatusRequest,
  supportedGroups: ExtensionType.SupportedGroups,
  ecPointFormats: ExtensionType.EcPointFormats,
  signatureAlgorithms: ExtensionType.SignatureAlgorithms,
  signatureAlgorithmsCert: ExtensionType.SignatureAlgorithmsCert,
  alpn: ExtensionType.Alpn,
  padding: ExtensionType.Padding,
  encryptThenMac: ExtensionType.EncryptThenMac,
  extendedMasterSecret: ExtensionType.ExtendedMasterSecret,
  postHandshakeAuth: ExtensionType.PostHandshakeAuth,
  recordSizeLimit: ExtensionType.RecordSizeLimit,
  sessionTicket: ExtensionType.SessionTicket,
  preSharedKeys: ExtensionType.PreSharedKey,
  selectedPsk: ExtensionType.PreSharedKey,
  earlyData: ExtensionType.EarlyData,
  supportedVersions: ExtensionType.SupportedVersions,
  selectedVersion: ExtensionType.SupportedVersions,
  cookie: ExtensionType.Cookie,
  pskModes: ExtensionType.PskKeyExchangeModes,
  certificateAuthorities: ExtensionType.CertificateAuthorities,
  keyShares: ExtensionType.KeyShare,
  keyShare: ExtensionType.KeyShare,
  keyShareGroup: ExtensionType.KeyShare,
  renegotiationInfo: ExtensionType.RenegotiationInfo,
};

export const extensionType = (extension: Extension): number =>
  extension.kind === 'raw' ? extension.type : types[extension.kind];

const writeText = (sink: Sink, text: string): void => {
  for (let i = 0; i < text.length; i++) sink.u8(text.charCodeAt(i) & 0xff);
};

const writeEntry = (sink: Sink, entry: KeyShareEntry): void => {
  sink.u16(entry.group);
  sink.vector(2, () => sink.bytes(entry.share));
};

const writeList16 = (sink: Sink, width: 1 | 2, items: readonly number[]): void =>
  sink.vector(width, () => {
    for (const item of items) sink.u16(item);
  });

const writeContent = (sink: Sink, extension: Extension): void => {
  switch (extension.kind) {
    case 'serverName': {
      const { host } = extension;
      if (host === null) return;
      sink.vector(2, () => {
        sink.u8(0); // host_name, the only kind of name (RFC 6066 §3)
        sink.vector(2, () => writeText(sink, host));
      });
      return;
    }
    case 'maxFragmentLength':
      sink.u8(extension.code);
      return;
    case 'statusRequest':
      if (!extension.asks) return;
      sink.u8(1); // ocsp, without responders and request extensions (RFC 6066 §8)
      sink.u32(0);
      return;
    case 'supportedGroups':
      writeList16(sink, 2, extension.groups);
      return;
    case 'ecPointFormats':
      sink.vector(1, () => extension.formats.forEach((format) => sink.u8(format)));
      return;
    case 'signatureAlgorithms':
    case 'signatureAlgorithmsCert':
      writeList16(sink, 2, extension.schemes);
      return;
    case 'alpn':
      sink.vector(2, () => extension.protocols.forEach((protocol) => sink.vector(1, () => writeText(sink, protocol))));
      return;
    case 'padding':
      for (let i = 0; i < extension.length; i++) sink.u8(0);
      return;
    case 'encryptThenMac':
    case 'extendedMasterSecret':
    case 'postHandshakeAuth':
      return;
    case 'recordSizeLimit':
      sink.u16(extension.limit);
      return;
    case 'sessionTicket':
      sink.bytes(extension.ticket);
      return;
    case 'preSharedKeys':
      sink.vector(2, () =>
        extension.identities.forEach(({ identity, age }) => {
          sink.vector(2, () => sink.bytes(identity));
          sink.u32(age);
        }),
      );
      sink.vector(2, () => extension.binders.forEach((binder) => sink.vector(1, () => sink.bytes(binder))));
      return;
    case 'selectedPsk':
      sink.u16(extension.index);
      return;
    case 'earlyData':
      if (extension.maximum !== null) sink.u32(extension.maximum);
      return;
    case 'supportedVersions':
      writeList16(sink, 1, extension.versions);
      return;
    case 'selectedVersion':
      sink.u16(extension.version);
      return;
    case 'cookie':
      sink.vector(2, () => sink.bytes(extension.cookie));
      return;
    case 'pskModes':
      sink.vector(1, () => extension.modes.forEach((mode) => sink.u8(mode)));
      return;
    case 'certificateAuthorities':
      sink.vector(2, () => extension.names.forEach((name) => sink.vector(2, () => sink.bytes(name))));
      return;
    case 'keyShares':
      sink.vector(2, () => extension.entries.forEach((entry) => writeEntry(sink, entry)));
      return;
    case 'keyShare':
      writeEntry(sink, extension.entry);
      return;
    case 'keyShareGroup':
      sink.u16(extension.group);
      return;
    case 'renegotiationInfo':
      sink.vector(1, () => sink.bytes(extension.verify));
      return;
    case 'raw':
      sink.bytes(extension.data);
  }
};

/** Writes type, length and content (RFC 8446 §4.2). */
export const writeExtension = (sink: Sink, extension: Extension): void => {
  sink.u16(extensionType(extension));
  sink.vector(2, () => writeContent(sink, extension));
};

/** The block of extensions that ends most messages. */
export const writeExtensions = (sink: Sink, extensions: readonly Extension[]): void =>
  sink.vector(2, () => extensions.forEach((extension) => writeExtension(sink, extension)));

/** Bytes of one extension, its header of 4 included. */
export const extensionSize = (extension: Extension): number => measured((sink) => writeExtension(sink, extension));
