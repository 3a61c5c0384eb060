import { initialSecrets, INITIAL_SUITE, packetKeys } from '../../wire/quic/crypto/keys.ts';
import type { PacketKeys } from '../../wire/quic/crypto/keys.ts';
import type { QuicCrypto } from '../../wire/quic/crypto/types.ts';
import { versionKeys } from '../../wire/quic/crypto/version.ts';

interface Pair {
  readonly up: PacketKeys;
  readonly down: PacketKeys;
}

/** Ids kept at most: a connection has one, with Retry or another version two. */
const MAX_IDS = 8;

/** Keys of the Initial packets of one connection, which anyone can make of an id and a version (RFC 9001 §5.2). */
export class InitialKeys {
  /** Ids to which the client sent, the latest first. */
  readonly ids: Uint8Array[] = [];
  readonly #pairs = new Map<string, Pair | null>();

  constructor(private readonly crypto: QuicCrypto) {}

  has(id: Uint8Array): boolean {
    return this.ids.some((one) => one.length === id.length && one.every((byte, i) => byte === id[i]));
  }

  add(id: Uint8Array): void {
    if (this.has(id)) return;
    this.ids.unshift(id);
    this.ids.length = Math.min(this.ids.length, MAX_IDS);
  }

  /** Null where the version's rules are not known here. */
  keys(id: Uint8Array, version: number, up: boolean): PacketKeys | null {
    const name = `${String(version)} ${id.join(' ')}`;
    let pair = this.#pairs.get(name);
    if (pair === undefined) {
      const rules = versionKeys(version);
      const secrets = rules && initialSecrets(this.crypto, rules, id);
      pair =
        rules && secrets
          ? {
              up: packetKeys(this.crypto, INITIAL_SUITE, rules, secrets.client),
              down: packetKeys(this.crypto, INITIAL_SUITE, rules, secrets.server),
            }
          : null;
      this.#pairs.set(name, pair);
    }
    return pair && pair[up ? 'up' : 'down'];
  }
}
