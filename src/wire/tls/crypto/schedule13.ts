import { written } from '../sink.ts';
import type { Hash } from './types.ts';

/** The key schedule of TLS 1.3 (RFC 8446 §7): each function is one arrow of its picture. */

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const zeros = (hash: Hash): Uint8Array => new Uint8Array(hash.size);

/** RFC 5869 §2.2. */
export const hkdfExtract = (hash: Hash, salt: Uint8Array, input: Uint8Array): Uint8Array =>
  hash.hmac(salt.length === 0 ? zeros(hash) : salt, input);

/** RFC 5869 §2.3. */
export const hkdfExpand = (hash: Hash, secret: Uint8Array, info: Uint8Array, size: number): Uint8Array => {
  const out = new Uint8Array(Math.ceil(size / hash.size) * hash.size);
  let block: Uint8Array = new Uint8Array(0);
  for (let i = 1; (i - 1) * hash.size < size; i++) {
    block = hash.hmac(secret, block, info, Uint8Array.of(i));
    out.set(block, (i - 1) * hash.size);
  }
  return out.slice(0, size);
};

/** The info of HKDF-Expand-Label (RFC 8446 §7.1). */
export const labelInfo = (label: string, context: Uint8Array, size: number): Uint8Array =>
  written((sink) => {
    sink.u16(size);
    sink.vector(1, () => sink.bytes(ascii(`tls13 ${label}`)));
    sink.vector(1, () => sink.bytes(context));
  });

export const expandLabel = (
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  size: number,
): Uint8Array => hkdfExpand(hash, secret, labelInfo(label, context, size), size);

/** Derive-Secret (RFC 8446 §7.1); `transcript` is the hash of the messages so far. */
export const deriveSecret = (hash: Hash, secret: Uint8Array, label: string, transcript: Uint8Array): Uint8Array =>
  expandLabel(hash, secret, label, transcript, hash.size);

const derived = (hash: Hash, secret: Uint8Array): Uint8Array => deriveSecret(hash, secret, 'derived', hash.digest());

/** Early secret: from the PSK, or from zeros where there is none. */
export const earlySecret = (hash: Hash, psk: Uint8Array | null): Uint8Array =>
  hkdfExtract(hash, new Uint8Array(0), psk ?? zeros(hash));

/** Handshake secret: from the early one and the (EC)DHE value; zeros with a PSK alone. */
export const handshakeSecret = (hash: Hash, early: Uint8Array, shared: Uint8Array | null): Uint8Array =>
  hkdfExtract(hash, derived(hash, early), shared ?? zeros(hash));

export const masterSecret = (hash: Hash, handshake: Uint8Array): Uint8Array =>
  hkdfExtract(hash, derived(hash, handshake), zeros(hash));

export const binderKey = (hash: Hash, early: Uint8Array, external = false): Uint8Array =>
  deriveSecret(hash, early, external ? 'ext binder' : 'res binder', hash.digest());

export const clientEarlyTrafficSecret = (hash: Hash, early: Uint8Array, hello: Uint8Array): Uint8Array =>
  deriveSecret(hash, early, 'c e traffic', hello);
export const earlyExporterSecret = (hash: Hash, early: Uint8Array, hello: Uint8Array): Uint8Array =>
  deriveSecret(hash, early, 'e exp master', hello);

/** The two traffic secrets after ServerHello. */
export const handshakeTraffic = (
  hash: Hash,
  handshake: Uint8Array,
  transcript: Uint8Array,
): readonly [Uint8Array, Uint8Array] => [
  deriveSecret(hash, handshake, 'c hs traffic', transcript),
  deriveSecret(hash, handshake, 's hs traffic', transcript),
];

/** The two traffic secrets after the server's Finished. */
export const applicationTraffic = (
  hash: Hash,
  master: Uint8Array,
  transcript: Uint8Array,
): readonly [Uint8Array, Uint8Array] => [
  deriveSecret(hash, master, 'c ap traffic', transcript),
  deriveSecret(hash, master, 's ap traffic', transcript),
];

export const exporterSecret = (hash: Hash, master: Uint8Array, transcript: Uint8Array): Uint8Array =>
  deriveSecret(hash, master, 'exp master', transcript);
/** After the client's Finished. */
export const resumptionSecret = (hash: Hash, master: Uint8Array, transcript: Uint8Array): Uint8Array =>
  deriveSecret(hash, master, 'res master', transcript);
/** The PSK that a ticket stands for (RFC 8446 §4.6.1). */
export const ticketPsk = (hash: Hash, resumption: Uint8Array, nonce: Uint8Array): Uint8Array =>
  expandLabel(hash, resumption, 'resumption', nonce, hash.size);

/** RFC 8446 §7.5. */
export const exportKey = (
  hash: Hash,
  exporter: Uint8Array,
  label: string,
  context: Uint8Array,
  size: number,
): Uint8Array =>
  expandLabel(hash, deriveSecret(hash, exporter, label, hash.digest()), 'exporter', hash.digest(context), size);

/** Verify data of Finished (RFC 8446 §4.4.4), and a binder, whose base is the binder key (§4.2.11.2). */
export const finishedVerify = (hash: Hash, base: Uint8Array, transcript: Uint8Array): Uint8Array =>
  hash.hmac(expandLabel(hash, base, 'finished', new Uint8Array(0), hash.size), transcript);

/** The next traffic secret after a KeyUpdate (RFC 8446 §7.2). */
export const updatedSecret = (hash: Hash, secret: Uint8Array): Uint8Array =>
  expandLabel(hash, secret, 'traffic upd', new Uint8Array(0), hash.size);

export interface TrafficKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** RFC 8446 §7.3. */
export const trafficKeys = (hash: Hash, secret: Uint8Array, keySize: number): TrafficKeys => ({
  key: expandLabel(hash, secret, 'key', new Uint8Array(0), keySize),
  iv: expandLabel(hash, secret, 'iv', new Uint8Array(0), 12),
});

/** What CertificateVerify signs (RFC 8446 §4.4.3). */
export const signedContent = (from: 'client' | 'server', transcript: Uint8Array): Uint8Array => {
  const context = ascii(`TLS 1.3, ${from} CertificateVerify`);
  return written((sink) => {
    sink.bytes(new Uint8Array(64).fill(0x20));
    sink.bytes(context);
    sink.u8(0);
    sink.bytes(transcript);
  });
};
