import { updatedKeys, packetKeys } from '../../wire/quic/crypto/keys.ts';
import type { PacketKeys } from '../../wire/quic/crypto/keys.ts';
import type { QuicCrypto } from '../../wire/quic/crypto/types.ts';
import type { VersionKeys } from '../../wire/quic/crypto/version.ts';
import { suiteOf } from '../../wire/tls/crypto/suites.ts';
import { KeyLabel } from '../../wire/tls/keylog.ts';
import type { KeyLog } from '../../wire/tls/keylog.ts';

/** Levels of protection whose secrets a key log gives; Initials need none (RFC 9001 §5.2). */
export type Level = 'zeroRtt' | 'handshake' | 'oneRtt';

const labels: Readonly<Record<Level, { readonly up: string | null; readonly down: string | null }>> = {
  zeroRtt: { up: KeyLabel.Early, down: null },
  handshake: { up: KeyLabel.ClientHandshake, down: KeyLabel.ServerHandshake },
  oneRtt: { up: KeyLabel.ClientTraffic, down: KeyLabel.ServerTraffic },
};

/** Suites of TLS 1.3 by the bytes of their secrets: AES-128 and ChaCha20, or AES-256. */
const bySize = new Map([
  [32, [0x1301, 0x1303]],
  [48, [0x1302]],
]);

/**
 * Keys that may open a level's packets: one set where the suite is known, else one for each suite whose secrets are that
 * long. Empty where the log holds no secret.
 */
export const keysOf = (
  crypto: QuicCrypto,
  log: KeyLog,
  version: VersionKeys,
  level: Level,
  up: boolean,
  clientRandom: Uint8Array,
  suite: number | null,
): PacketKeys[] => {
  const label = labels[level][up ? 'up' : 'down'];
  if (label === null) return [];
  // Draft days had labels of their own.
  const secret = log.secret(label, clientRandom) ?? log.secret(`QUIC_${label}`, clientRandom);
  if (secret === null) return [];
  // Early data is under the suite of the ticket, which need not be the one that is chosen (RFC 8446 §4.2.10).
  const codes = suite !== null && level !== 'zeroRtt' ? [suite] : (bySize.get(secret.length) ?? []);
  return codes.flatMap((code) => {
    const known = suiteOf(code);
    return known === null || known.hashSize !== secret.length ? [] : [packetKeys(crypto, known, version, secret)];
  });
};

/** The keys of one direction's 1-RTT packets, phase by phase (RFC 9001 §6). */
export class PhaseKeys {
  /** Updates so far; its last bit is the key phase. */
  updates = 0;
  #previous: PacketKeys | null = null;
  #next: PacketKeys | null = null;

  constructor(
    private readonly crypto: QuicCrypto,
    public current: PacketKeys,
  ) {}

  get phase(): 0 | 1 {
    return (this.updates & 1) as 0 | 1;
  }
  /** Keys of the phase before, for packets that come late. */
  get previous(): PacketKeys | null {
    return this.#previous;
  }
  get next(): PacketKeys {
    return (this.#next ??= updatedKeys(this.crypto, this.current));
  }

  /** A packet of the next phase was opened. */
  advance(): void {
    const { next } = this;
    this.#previous = this.current;
    this.current = next;
    this.#next = null;
    this.updates++;
  }
}
