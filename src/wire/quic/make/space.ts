import { Epoch } from '../../tls/epoch.ts';

/** A stream of CRYPTO: each packet number space has its own (RFC 9000 §19.6), early data has none. */
export type CryptoSpace = 'initial' | 'handshake' | 'application';

export const cryptoSpace = (epoch: number): CryptoSpace =>
  epoch === Epoch.Plain ? 'initial' : epoch === Epoch.Handshake ? 'handshake' : 'application';
