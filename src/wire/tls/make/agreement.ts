import { concat } from '../../x509/der.ts';
import { NamedGroup } from '../codes.ts';
import type { Crypto, Curve } from '../crypto/types.ts';
import type { Chance } from './chance.ts';

const KEM_PUBLIC = 1184;
const KEM_CIPHERTEXT = 1088;

const curveOf = (group: number): Curve | null =>
  group === NamedGroup.X25519
    ? 'x25519'
    : group === NamedGroup.Secp256r1
      ? 'secp256r1'
      : group === NamedGroup.Secp384r1
        ? 'secp384r1'
        : null;

/** The key agreement of one connection: both ends' secrets are at hand, so that either's share can be made. */
export class Agreement {
  readonly #clientShares = new Map<number, Uint8Array>();

  constructor(
    private readonly crypto: Crypto,
    /** What the client draws, and what the server does. */
    private readonly chance: Chance,
    private readonly serverChance: Chance,
  ) {}

  #secret(side: 'client' | 'server', group: number): Uint8Array {
    const chance = side === 'client' ? this.chance : this.serverChance;
    return chance.scalar(`${side} share ${String(group)}`, group === NamedGroup.Secp384r1 ? 48 : 32);
  }

  #kem(): { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array } {
    return this.crypto.mlKemKeys(this.chance.bytes('client kem', 64));
  }

  /** What a client sends. Of groups that are only listed here, bytes without meaning: no server picks them. */
  clientShare(group: number, size: number): Uint8Array {
    let share = this.#clientShares.get(group);
    if (!share) this.#clientShares.set(group, (share = this.#makeShare(group, size)));
    return share;
  }

  #makeShare(group: number, size: number): Uint8Array {
    const curve = curveOf(group);
    if (curve) return this.crypto.dhPublic(curve, this.#secret('client', group));
    if (group !== NamedGroup.X25519MlKem768) return this.chance.bytes(`client share ${String(group)}`, size);
    return concat([this.#kem().publicKey, this.crypto.dhPublic('x25519', this.#secret('client', group))]);
  }

  /** What a server answers, and the secret that both have (draft-ietf-tls-ecdhe-mlkem §4: ML-KEM's part first). */
  serverShare(group: number, clientShare: Uint8Array): { readonly share: Uint8Array; readonly shared: Uint8Array } {
    const curve = curveOf(group);
    const own = this.#secret('server', group);
    const none = new Uint8Array(0);
    if (curve) {
      return { share: this.crypto.dhPublic(curve, own), shared: this.crypto.dhShared(curve, own, clientShare) ?? none };
    }
    if (group !== NamedGroup.X25519MlKem768) return { share: none, shared: none };
    const kem = this.crypto.mlKemEncapsulate(
      clientShare.slice(0, KEM_PUBLIC),
      this.serverChance.bytes('server kem', 32),
    );
    const x25519 = this.crypto.dhShared('x25519', own, clientShare.slice(KEM_PUBLIC)) ?? none;
    return {
      share: concat([kem.ciphertext.slice(0, KEM_CIPHERTEXT), this.crypto.dhPublic('x25519', own)]),
      shared: concat([kem.shared, x25519]),
    };
  }
}
