import { ecb } from '@noble/ciphers/aes.js';
import { chacha20 } from '@noble/ciphers/chacha.js';
import { u8 } from '../../bytes.ts';
import type { HeaderMask } from './types.ts';
import type { AeadName } from '../../tls/crypto/types.ts';

/** Header protection on bare ciphers (RFC 9001 §5.4.3, §5.4.4). Heavy: only `loadQuicCrypto()` imports it. */
export const nobleHeaderMask = (aead: AeadName, key: Uint8Array): HeaderMask => {
  if (aead === 'chacha20poly1305')
    return (sample) => {
      const counter = (u8(sample, 0) | (u8(sample, 1) << 8) | (u8(sample, 2) << 16) | (u8(sample, 3) << 24)) >>> 0;
      return chacha20(key, sample.slice(4, 16), new Uint8Array(5), undefined, counter);
    };
  return (sample) => ecb(key, { disablePadding: true }).encrypt(sample.slice(0, 16)).slice(0, 5);
};
