import { CipherSuite, NamedGroup, SignatureScheme, Version } from '../../../wire/tls/codes.ts';
import type { Chain } from '../../../wire/x509/chain.ts';

/** What a host's work costs, ms. Nothing is measured while simulating: these are settings, by what OpenSSL was seen to take. */
export interface Costs {
  /** Key share, secrets and one signature. */
  readonly signMs: number;
  /** Key agreement, and the check of a chain and a signature. */
  readonly verifyMs: number;
  /** Anything without public-key operations: a ticket, a Finished. */
  readonly smallMs: number;
}

/** A session that was established before and can be resumed. */
export interface StoredSession {
  /** Names it: ticket bytes and secret derive from it when bytes are made. */
  readonly id: string;
  readonly version: number;
  readonly suite: number;
  /** Bytes of the ticket; 0: the session is known by its id alone (RFC 5246 §7.3). */
  readonly ticketSize: number;
  /** Early bytes that its ticket allows (RFC 8446 §4.2.10). */
  readonly maxEarly: number;
  readonly alpn: string | null;
  /** Content that the server took in a record then: it holds for early data, sent before the server says it anew (RFC 8449 §4). */
  readonly recordLimit?: number;
}

interface Common {
  /** Preferred first. */
  readonly versions: readonly number[];
  readonly suites: readonly number[];
  readonly groups: readonly number[];
  readonly alpn: readonly string[];
  /** Bytes of content this end takes in a record (RFC 8449); null: not said. */
  readonly recordSizeLimit: number | null;
  /** Key ids of the roots that this end trusts. */
  readonly roots: readonly string[];
  /** The day on this end's calendar, `YYYYMMDDHHMMSSZ`. */
  readonly today: string;
  /** Session id and change_cipher_spec for old middleboxes (RFC 8446 appendix D.4). QUIC has none. */
  readonly compatibility: boolean;
  readonly extendedMasterSecret: boolean;
  readonly costs: Costs;
  /** QUIC's transport parameters, bytes; null over TCP. */
  readonly transportParameters: number | null;
}

export interface ClientConfig extends Common {
  /** Groups that a key share is sent for (RFC 8446 §4.2.8). */
  readonly shares: readonly number[];
  readonly schemes: readonly number[];
  readonly serverName: string | null;
  /** Says that it takes tickets of TLS 1.2 (RFC 5077 §3.2). */
  readonly wantsTicket: boolean;
  readonly statusRequest: boolean;
  readonly postHandshakeAuth: boolean;
  /** Pads the ClientHello to this many bytes (RFC 7685); 0: never. */
  readonly padTo: number;
  readonly stored: StoredSession | null;
  /** Bytes written before the handshake is done go as early data, as far as the ticket allows. */
  readonly early: boolean;
  readonly chain: Chain | null;
}

export interface ServerConfig extends Common {
  readonly chain: Chain;
  readonly clientAuth: 'none' | 'request' | 'require';
  /** Tickets after a full handshake: TLS 1.3 sends so many, TLS 1.2 one. */
  readonly tickets: number;
  /** Whether it still knows the session that a client wants to resume; otherwise it does a full handshake. */
  readonly remembers: boolean;
  /** Early bytes that its tickets allow; 0: none. */
  readonly maxEarly: number;
  /** Takes early data that is offered. */
  readonly takesEarly: boolean;
  /** Answers server_name with an empty one (RFC 6066 §3). */
  readonly schemes: readonly number[];
}

export const defaultCosts = (key: 'ecdsa' | 'rsa'): Costs => ({
  signMs: key === 'ecdsa' ? 1 : 2,
  verifyMs: 1,
  smallMs: 0.1,
});

/** What OpenSSL 3.0 lists, in its order. */
const suites13 = [CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256, CipherSuite.Aes128GcmSha256];
const suites12 = [
  0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x009e, 0xc024, 0xc028, 0x006b, 0xc023, 0xc027,
  0x0067, 0xc00a, 0xc014, 0x0039, 0xc009, 0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f,
];
const curves = [NamedGroup.X25519, NamedGroup.Secp256r1, NamedGroup.X448, NamedGroup.Secp521r1, NamedGroup.Secp384r1];
const finiteFields = [0x100, 0x101, 0x102, 0x103, 0x104];
const schemes13 = [
  SignatureScheme.EcdsaSecp256r1Sha256,
  0x0503,
  0x0603,
  0x0807,
  0x0808,
  0x0809,
  0x080a,
  0x080b,
  SignatureScheme.RsaPssRsaeSha256,
  0x0805,
  0x0806,
  SignatureScheme.RsaPkcs1Sha256,
  0x0501,
  0x0601,
];
const schemes12 = [...schemes13, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602];

/** A day within the life of every certificate of the house. */
export const TODAY = '20260101000000Z';

/** A client as OpenSSL 3.0 makes one, for TLS 1.3, 1.2, or both. */
export const opensslClient = (versions: readonly number[], changes: Partial<ClientConfig> = {}): ClientConfig => {
  const has13 = versions.includes(Version.Tls13);
  const has12 = versions.includes(Version.Tls12);
  return {
    versions,
    suites: [...(has13 ? suites13 : []), ...(has12 ? suites12 : []), CipherSuite.EmptyRenegotiationInfo],
    groups: has13 ? [...curves, ...finiteFields] : curves,
    shares: [NamedGroup.X25519],
    schemes: has12 ? schemes12 : schemes13,
    serverName: 'www.oracle.test',
    alpn: [],
    wantsTicket: true,
    statusRequest: false,
    postHandshakeAuth: false,
    padTo: 0,
    recordSizeLimit: null,
    stored: null,
    early: false,
    chain: null,
    roots: ['root ecdsa', 'root rsa'],
    today: TODAY,
    compatibility: true,
    extendedMasterSecret: true,
    costs: defaultCosts('ecdsa'),
    transportParameters: null,
    ...changes,
  };
};

/** A server as nginx with OpenSSL 3.0 is, but that it prefers AES-128 in TLS 1.2, as most servers do. */
export const opensslServer = (chain: Chain, changes: Partial<ServerConfig> = {}): ServerConfig => ({
  versions: [Version.Tls13, Version.Tls12],
  suites: [
    ...suites13,
    CipherSuite.EcdheEcdsaAes128GcmSha256,
    CipherSuite.EcdheRsaAes128GcmSha256,
    CipherSuite.EcdheEcdsaAes256GcmSha384,
    CipherSuite.EcdheRsaAes256GcmSha384,
    CipherSuite.EcdheEcdsaChaCha20Poly1305,
    CipherSuite.EcdheRsaChaCha20Poly1305,
  ],
  groups: [NamedGroup.X25519MlKem768, NamedGroup.X25519, NamedGroup.Secp256r1, NamedGroup.Secp384r1],
  alpn: [],
  recordSizeLimit: null,
  chain,
  clientAuth: 'none',
  tickets: 2,
  remembers: true,
  maxEarly: 0,
  takesEarly: true,
  schemes: [...schemes13, 0x0303, 0x0301],
  roots: ['root ecdsa', 'root rsa'],
  today: TODAY,
  compatibility: true,
  extendedMasterSecret: true,
  costs: defaultCosts(chain.root.key),
  transportParameters: null,
  ...changes,
});
