/** Numbers of TLS that go over the wire (IANA TLS registries). */

/** RFC 8446 §5.1. */
export const ContentType = { ChangeCipherSpec: 20, Alert: 21, Handshake: 22, ApplicationData: 23 } as const;
export type ContentType = (typeof ContentType)[keyof typeof ContentType];

/** RFC 8446 §4, RFC 5246 §7.4; message_hash is never sent (RFC 8446 §4.4.1). */
export const HandshakeType = {
  HelloRequest: 0,
  ClientHello: 1,
  ServerHello: 2,
  NewSessionTicket: 4,
  EndOfEarlyData: 5,
  EncryptedExtensions: 8,
  Certificate: 11,
  ServerKeyExchange: 12,
  CertificateRequest: 13,
  ServerHelloDone: 14,
  CertificateVerify: 15,
  ClientKeyExchange: 16,
  Finished: 20,
  CertificateStatus: 22,
  KeyUpdate: 24,
  MessageHash: 254,
} as const;

export const ExtensionType = {
  ServerName: 0,
  MaxFragmentLength: 1,
  StatusRequest: 5,
  SupportedGroups: 10,
  EcPointFormats: 11,
  SignatureAlgorithms: 13,
  Alpn: 16,
  SignedCertificateTimestamp: 18,
  Padding: 21,
  EncryptThenMac: 22,
  ExtendedMasterSecret: 23,
  RecordSizeLimit: 28,
  SessionTicket: 35,
  PreSharedKey: 41,
  EarlyData: 42,
  SupportedVersions: 43,
  Cookie: 44,
  PskKeyExchangeModes: 45,
  CertificateAuthorities: 47,
  PostHandshakeAuth: 49,
  SignatureAlgorithmsCert: 50,
  KeyShare: 51,
  QuicTransportParameters: 57,
  RenegotiationInfo: 0xff01,
} as const;

export const Version = { Tls10: 0x0301, Tls11: 0x0302, Tls12: 0x0303, Tls13: 0x0304 } as const;

export const CipherSuite = {
  Aes128GcmSha256: 0x1301,
  Aes256GcmSha384: 0x1302,
  ChaCha20Poly1305Sha256: 0x1303,
  EcdheEcdsaAes128GcmSha256: 0xc02b,
  EcdheEcdsaAes256GcmSha384: 0xc02c,
  EcdheRsaAes128GcmSha256: 0xc02f,
  EcdheRsaAes256GcmSha384: 0xc030,
  EcdheRsaChaCha20Poly1305: 0xcca8,
  EcdheEcdsaChaCha20Poly1305: 0xcca9,
  EmptyRenegotiationInfo: 0x00ff,
} as const;

export const NamedGroup = {
  Secp256r1: 23,
  Secp384r1: 24,
  Secp521r1: 25,
  X25519: 29,
  X448: 30,
  X25519MlKem768: 0x11ec,
} as const;

export const SignatureScheme = {
  RsaPkcs1Sha256: 0x0401,
  EcdsaSecp256r1Sha256: 0x0403,
  RsaPssRsaeSha256: 0x0804,
} as const;

/** RFC 8446 §6. */
export const Alert = {
  CloseNotify: 0,
  UnexpectedMessage: 10,
  BadRecordMac: 20,
  RecordOverflow: 22,
  HandshakeFailure: 40,
  BadCertificate: 42,
  CertificateExpired: 45,
  CertificateUnknown: 46,
  IllegalParameter: 47,
  UnknownCa: 48,
  DecodeError: 50,
  DecryptError: 51,
  ProtocolVersion: 70,
  InternalError: 80,
  UserCanceled: 90,
  MissingExtension: 109,
  UnsupportedExtension: 110,
  UnrecognizedName: 112,
  CertificateRequired: 116,
  NoApplicationProtocol: 120,
} as const;

export const AlertLevel = { Warning: 1, Fatal: 2 } as const;

/** The random of a ServerHello that is a HelloRetryRequest: SHA-256 of "HelloRetryRequest" (RFC 8446 §4.1.3). */
export const HELLO_RETRY_RANDOM: readonly number[] = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/** Bytes of a public value: client's share, and server's, which for the hybrid group is a ciphertext beside X25519. */
export const shareSize = (group: number, from: 'client' | 'server'): number => {
  switch (group) {
    case NamedGroup.X25519:
      return 32;
    case NamedGroup.Secp256r1:
      return 65;
    case NamedGroup.Secp384r1:
      return 97;
    case NamedGroup.Secp521r1:
      return 133;
    case NamedGroup.X448:
      return 56;
    case NamedGroup.X25519MlKem768:
      // draft-ietf-tls-ecdhe-mlkem §4: ML-KEM-768 key 1184 or ciphertext 1088, then X25519's 32.
      return from === 'client' ? 1216 : 1120;
    default:
      return 0;
  }
};
