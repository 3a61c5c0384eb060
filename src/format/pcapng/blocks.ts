/** Block types, option codes and the byte-order magic of pcapng (draft-ietf-opsawg-pcapng §4, §3.5). */
export const BlockType = {
  Section: 0x0a0d0d0a,
  Interface: 1,
  /** Obsolete packet block (appendix B). */
  Packet: 2,
  SimplePacket: 3,
  NameResolution: 4,
  InterfaceStatistics: 5,
  EnhancedPacket: 6,
  DecryptionSecrets: 10,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

export const OptionCode = {
  End: 0,
  Comment: 1,
  /** Section: hardware, operating system, application. */
  Application: 4,
  /** Interface. */
  Name: 2,
  Description: 3,
  TimeResolution: 9,
  TimeOffset: 14,
  /** Enhanced packet: direction and the like. */
  Flags: 2,
} as const;

/** Type of a decryption-secrets block that holds an SSLKEYLOGFILE text ("TLSK"). */
export const TLS_KEY_LOG = 0x544c534b;
