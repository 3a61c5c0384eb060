/**
 * The key log format (draft-ietf-tls-keylogfile): a line a secret, `LABEL client_random secret`. Wireshark reads it, and
 * pcapng carries it in its Decryption Secrets Block.
 */
export const KeyLabel = {
  Master: 'CLIENT_RANDOM',
  Early: 'CLIENT_EARLY_TRAFFIC_SECRET',
  ClientHandshake: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  ServerHandshake: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  ClientTraffic: 'CLIENT_TRAFFIC_SECRET_0',
  ServerTraffic: 'SERVER_TRAFFIC_SECRET_0',
  EarlyExporter: 'EARLY_EXPORTER_SECRET',
  Exporter: 'EXPORTER_SECRET',
} as const;

export type KeyLabel = (typeof KeyLabel)[keyof typeof KeyLabel];

/** One secret of one connection. */
export interface KeyLogEntry {
  readonly label: string;
  readonly clientRandom: Uint8Array;
  readonly secret: Uint8Array;
}

export const toHex = (bytes: Uint8Array): string => {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
};

/** Bytes of hexadecimal text; null where it is none. */
export const fromHex = (text: string): Uint8Array | null => {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
};

export const keyLogLine = (entry: KeyLogEntry): string =>
  `${entry.label} ${toHex(entry.clientRandom)} ${toHex(entry.secret)}`;

/** The secrets of a key log file, by client random and label. Comments and lines that are none are passed over. */
export class KeyLog {
  readonly #secrets = new Map<string, Uint8Array>();
  /** Lines that were neither a secret nor a comment. */
  readonly unread: number;

  constructor(text: string) {
    let unread = 0;
    for (const line of text.split('\n')) {
      const trimmed = line.trim();
      if (trimmed === '' || trimmed.startsWith('#')) continue;
      const [label = '', random = '', secret = ''] = trimmed.split(/\s+/);
      const bytes = fromHex(secret);
      if (random.length !== 64 || fromHex(random) === null || bytes === null || bytes.length === 0) unread++;
      else this.#secrets.set(`${label} ${random.toLowerCase()}`, bytes);
    }
    this.unread = unread;
  }

  get size(): number {
    return this.#secrets.size;
  }

  secret(label: string, clientRandom: Uint8Array): Uint8Array | null {
    return this.#secrets.get(`${label} ${toHex(clientRandom)}`) ?? null;
  }
}
