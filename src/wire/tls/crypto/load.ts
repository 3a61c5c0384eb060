import type { Crypto } from './types.ts';

let loading: Promise<Crypto> | null = null;

/** The cryptography, fetched when first asked for: whoever wants bytes awaits it once, at its door. */
export const loadCrypto = (): Promise<Crypto> =>
  (loading ??= import('./noble.ts').then(({ nobleCrypto }) => nobleCrypto));
