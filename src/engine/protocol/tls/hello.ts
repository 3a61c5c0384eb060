import { CipherSuite, ExtensionType, HELLO_RETRY_RANDOM, shareSize, Version } from '../../../wire/tls/codes.ts';
import { suiteOf } from '../../../wire/tls/crypto/suites.ts';
import type { Extension } from '../../../wire/tls/handshake/extension.ts';
import { handshakeSize } from '../../../wire/tls/handshake/message.ts';
import type { ClientHello, ServerHello } from '../../../wire/tls/handshake/message.ts';
import type { ClientConfig } from './config.ts';

/**
 * Hellos as they are simulated: of their true sizes, with blanks for what only cryptography can give. Session ids are
 * filled with one digit, so that an echoed one can be told from a new one.
 */
export const blank = (size: number): Uint8Array => new Uint8Array(size);
export const CLIENT_SESSION_ID = new Uint8Array(32).fill(1);
export const SERVER_SESSION_ID = new Uint8Array(32).fill(2);
const NO_BYTES = blank(0);
const NULL_COMPRESSION = Uint8Array.of(0);
const RETRY_RANDOM = Uint8Array.from(HELLO_RETRY_RANDOM);

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

export const extensionOf = <K extends Extension['kind']>(
  extensions: readonly Extension[] | null,
  kind: K,
): Extract<Extension, { kind: K }> | null =>
  (extensions?.find((e) => e.kind === kind) as Extract<Extension, { kind: K }> | undefined) ?? null;

export const keyShareEntry = (group: number, from: 'client' | 'server'): { group: number; share: Uint8Array } => ({
  group,
  share: blank(shareSize(group, from)),
});

/** Sizes between which old load balancers hang (RFC 7685 §1). */
const PAD_FROM = 256;
const EXTENSION_HEADER = 4;

const padding = (hello: ClientHello, padTo: number, behind: number): Extension[] => {
  const size = handshakeSize(hello) + behind;
  if (size < PAD_FROM || size >= padTo) return [];
  return [{ kind: 'padding', length: Math.max(0, padTo - size - EXTENSION_HEADER) }];
};

const pskExtension = (config: ClientConfig): Extension[] => {
  const { stored } = config;
  if (stored?.version !== Version.Tls13) return [];
  const hash = suiteOf(stored.suite)?.hashSize ?? 32;
  return [
    { kind: 'preSharedKeys', identities: [{ identity: blank(stored.ticketSize), age: 0 }], binders: [blank(hash)] },
  ];
};

/** What a retry changes: the group that the server wants, its cookie, and no early data any more (RFC 8446 §4.1.2). */
export interface Retry {
  readonly group: number | null;
  readonly cookie: number;
}

const extensions13 = (config: ClientConfig, retry: Retry | null): Extension[] => {
  const shares = retry?.group == null ? config.shares : [retry.group];
  const early = retry === null && config.early && (config.stored?.maxEarly ?? 0) > 0;
  return [
    { kind: 'supportedVersions', versions: config.versions },
    { kind: 'pskModes', modes: [1] }, // psk_dhe_ke: forward secrecy stays (RFC 8446 §4.2.9)
    { kind: 'keyShares', entries: shares.map((group) => keyShareEntry(group, 'client')) },
    ...(retry !== null && retry.cookie > 0 ? [{ kind: 'cookie', cookie: blank(retry.cookie) } as const] : []),
    ...(early ? [{ kind: 'earlyData', maximum: null } as const] : []),
  ];
};

/** The ClientHello, its extensions in OpenSSL's order. */
export const clientHello = (config: ClientConfig, retry: Retry | null): ClientHello => {
  const has13 = config.versions.includes(Version.Tls13);
  const has12 = config.versions.includes(Version.Tls12);
  const overQuic = config.transportParameters !== null;
  const ticket12 = config.stored?.version === Version.Tls12 ? config.stored.ticketSize : 0;
  const extensions: Extension[] = [];
  if (config.serverName !== null) extensions.push({ kind: 'serverName', host: config.serverName });
  if (!overQuic) extensions.push({ kind: 'ecPointFormats', formats: [0, 1, 2] });
  extensions.push({ kind: 'supportedGroups', groups: config.groups });
  if (config.wantsTicket && !overQuic) extensions.push({ kind: 'sessionTicket', ticket: blank(ticket12) });
  if (config.statusRequest) extensions.push({ kind: 'statusRequest', asks: true });
  if (config.alpn.length > 0) extensions.push({ kind: 'alpn', protocols: config.alpn });
  if (!overQuic) extensions.push({ kind: 'encryptThenMac' });
  if (config.extendedMasterSecret && !overQuic) extensions.push({ kind: 'extendedMasterSecret' });
  if (config.postHandshakeAuth) extensions.push({ kind: 'postHandshakeAuth' });
  extensions.push({ kind: 'signatureAlgorithms', schemes: config.schemes });
  if (has13) extensions.push(...extensions13(config, retry));
  if (config.recordSizeLimit !== null) extensions.push({ kind: 'recordSizeLimit', limit: config.recordSizeLimit });
  if (config.transportParameters !== null) {
    const data = blank(config.transportParameters);
    extensions.push({ kind: 'raw', type: ExtensionType.QuicTransportParameters, data });
  }
  const psk = has13 ? pskExtension(config) : [];
  // With TLS 1.3 the session id serves middleboxes; with 1.2 it asks for the session, and tells a taken ticket (RFC 5077 §3.4).
  const hasId = (has13 && config.compatibility) || (has12 && config.stored?.version === Version.Tls12);
  const hello: ClientHello = {
    type: 'clientHello',
    version: Version.Tls12,
    random: blank(32),
    sessionId: hasId ? CLIENT_SESSION_ID : NO_BYTES,
    suites: config.suites,
    compression: NULL_COMPRESSION,
    extensions,
  };
  const pskSize = handshakeSize({ ...hello, extensions: psk }) - handshakeSize({ ...hello, extensions: [] });
  return { ...hello, extensions: [...extensions, ...padding(hello, config.padTo, pskSize), ...psk] };
};

export const isHelloRetry = (hello: ServerHello): boolean => sameBytes(hello.random, RETRY_RANDOM);

/** RFC 8446 §4.1.4. */
export const helloRetry = (hello: ClientHello, suite: number, group: number): ServerHello => ({
  type: 'serverHello',
  version: Version.Tls12,
  random: RETRY_RANDOM,
  sessionId: hello.sessionId,
  suite,
  compression: 0,
  extensions: [
    { kind: 'selectedVersion', version: Version.Tls13 },
    { kind: 'keyShareGroup', group },
  ],
});

/** RFC 8446 §4.1.3. */
export const serverHello13 = (hello: ClientHello, suite: number, group: number, psk: boolean): ServerHello => ({
  type: 'serverHello',
  version: Version.Tls12,
  random: blank(32),
  sessionId: hello.sessionId,
  suite,
  compression: 0,
  extensions: [
    { kind: 'selectedVersion', version: Version.Tls13 },
    { kind: 'keyShare', entry: keyShareEntry(group, 'server') },
    ...(psk ? [{ kind: 'selectedPsk', index: 0 } as const] : []),
  ],
});

/** What a TLS 1.2 server has decided. */
export interface Choice12 {
  readonly suite: number;
  readonly sessionId: Uint8Array;
  readonly resumed: boolean;
  readonly alpn: string | null;
  readonly ticket: boolean;
  readonly extended: boolean;
  readonly limit: number | null;
  /** The server could have spoken 1.3: its random says so at its end (RFC 8446 §4.1.3). */
  readonly downgraded: boolean;
}

/** "DOWNGRD" and 1. Blanks that are not blank at their end keep it when bytes are made. */
const DOWNGRADE = Uint8Array.of(0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01);
const downgradeRandom = (): Uint8Array => {
  const random = blank(32);
  random.set(DOWNGRADE, 24);
  return random;
};

/** RFC 5246 §7.4.1.3, extensions in OpenSSL's order. */
export const serverHello12 = (hello: ClientHello, choice: Choice12): ServerHello => {
  const has = (kind: Extension['kind']): boolean => extensionOf(hello.extensions, kind) !== null;
  const signals = hello.suites.includes(CipherSuite.EmptyRenegotiationInfo) || has('renegotiationInfo');
  const extensions: Extension[] = [];
  if (signals) extensions.push({ kind: 'renegotiationInfo', verify: NO_BYTES });
  if (has('serverName') && !choice.resumed) extensions.push({ kind: 'serverName', host: null });
  if (has('ecPointFormats') && !choice.resumed) extensions.push({ kind: 'ecPointFormats', formats: [0, 1, 2] });
  if (choice.ticket) extensions.push({ kind: 'sessionTicket', ticket: NO_BYTES });
  if (choice.alpn !== null) extensions.push({ kind: 'alpn', protocols: [choice.alpn] });
  if (choice.extended) extensions.push({ kind: 'extendedMasterSecret' });
  if (choice.limit !== null) extensions.push({ kind: 'recordSizeLimit', limit: choice.limit });
  return {
    type: 'serverHello',
    version: Version.Tls12,
    random: choice.downgraded ? downgradeRandom() : blank(32),
    sessionId: choice.sessionId,
    suite: choice.suite,
    compression: 0,
    extensions: extensions.length > 0 ? extensions : null,
  };
};
