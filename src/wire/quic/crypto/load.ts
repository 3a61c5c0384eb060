import { loadCrypto } from '../../tls/crypto/load.ts';
import type { QuicCrypto } from './types.ts';

let loading: Promise<QuicCrypto> | null = null;

/** The cryptography, fetched when first asked for: sizes never need it. */
export const loadQuicCrypto = (): Promise<QuicCrypto> =>
  (loading ??= Promise.all([loadCrypto(), import('./noble.ts')]).then(([crypto, { nobleHeaderMask }]) => ({
    ...crypto,
    headerMask: nobleHeaderMask,
  })));
