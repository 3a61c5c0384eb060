import { ECDSA_SIGNATURE_SIZE, encodeCertificate, encodeTbs, publicKeySize } from '../../x509/certificate.ts';
import type { CertificateSpec, KeyKind } from '../../x509/certificate.ts';
import type { Crypto, RsaKey } from '../crypto/types.ts';
import { fromHex } from '../keylog.ts';
import { Chance } from './chance.ts';
import { publishedKey } from './rsaKeys.ts';

/** Keys and certificates of a scenario: the same for all its connections. */
export class Identities {
  readonly #crypto: Crypto;
  readonly #chance: Chance;
  readonly #publicKeys = new Map<string, Uint8Array>();
  readonly #certificates = new Map<string, Uint8Array>();

  constructor(crypto: Crypto, seed: number) {
    this.#crypto = crypto;
    this.#chance = new Chance(crypto, seed, '');
  }

  #secret(keyId: string): Uint8Array {
    return this.#chance.scalar(`key ${keyId}`, 32);
  }

  #rsa(keyId: string): RsaKey {
    const { modulus, privateExponent } = publishedKey(keyId);
    return { modulus: BigInt(`0x${modulus}`), publicExponent: 65537n, privateExponent: BigInt(`0x${privateExponent}`) };
  }

  /** Point or modulus. */
  publicKey(kind: KeyKind, keyId: string): Uint8Array {
    const id = `${kind} ${keyId}`;
    let key = this.#publicKeys.get(id);
    if (!key) {
      key =
        kind === 'ecdsa'
          ? this.#crypto.dhPublic('secp256r1', this.#secret(keyId))
          : (fromHex(publishedKey(keyId).modulus) ?? new Uint8Array(publicKeySize(kind)));
      this.#publicKeys.set(id, key);
    }
    return key;
  }

  /** RFC 5280 §4.2.1.2 says a hash of the key; which one is free. */
  #keyId(kind: KeyKind, keyId: string): Uint8Array {
    return this.#crypto.hash('sha256').digest(this.publicKey(kind, keyId)).slice(0, 20);
  }

  /** A DER signature of the one length that sizes count on: RFC 6979 §3.6's additional data is counted up until it is. */
  #ecdsa(keyId: string, message: Uint8Array): Uint8Array {
    const secret = this.#secret(keyId);
    for (let n = 0; ; n++) {
      const extra = new Uint8Array(32);
      extra[31] = n;
      const signature = this.#crypto.p256Sign(secret, message, extra);
      if (signature.length === ECDSA_SIGNATURE_SIZE || n === 255) return signature;
    }
  }

  /** Signs what a handshake signs: ECDSA, or RSASSA-PSS. */
  sign(kind: KeyKind, keyId: string, message: Uint8Array): Uint8Array {
    if (kind === 'ecdsa') return this.#ecdsa(keyId, message);
    const salt = this.#crypto.hash('sha256').digest(message);
    return this.#crypto.rsaPssSign(this.#rsa(keyId), message, salt);
  }

  /** The certificate in DER. */
  certificate(spec: CertificateSpec): Uint8Array {
    const id = JSON.stringify(spec);
    let der = this.#certificates.get(id);
    if (!der) {
      der = this.#issue(spec, id);
      this.#certificates.set(id, der);
    }
    return der;
  }

  #issue(spec: CertificateSpec, id: string): Uint8Array {
    const serial = this.#chance.bytes(`serial ${id}`, 16);
    serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
    const contents = {
      publicKey: this.publicKey(spec.key, spec.keyId),
      subjectKeyId: this.#keyId(spec.key, spec.keyId),
      issuerKeyId: this.#keyId(spec.issuerKey, spec.issuerKeyId),
      serial,
      signature: new Uint8Array(0),
    };
    const tbs = encodeTbs(spec, contents);
    const signature =
      spec.issuerKey === 'ecdsa'
        ? this.#ecdsa(spec.issuerKeyId, tbs)
        : this.#crypto.rsaPkcs1Sign(this.#rsa(spec.issuerKeyId), tbs);
    return encodeCertificate(spec, { ...contents, signature });
  }
}
