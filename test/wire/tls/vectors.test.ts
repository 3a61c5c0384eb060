import { describe, expect, it } from 'vitest';
import { decodeHandshake } from '../../../src/wire/tls/handshake/decodeMessage.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { prf } from '../../../src/wire/tls/crypto/schedule12.ts';
import {
  binderKey,
  clientEarlyTrafficSecret,
  earlySecret,
  finishedVerify,
} from '../../../src/wire/tls/crypto/schedule13.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');

describe('published vectors', () => {
  it('RFC 8448 §4: early secret, early traffic secret and binder of the resumed 0-RTT handshake', async () => {
    const sha = (await loadCrypto()).hash('sha256');
    const hello =
      bytes(`010001fc03031bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc419d7876487d95000006130113031302010001cd
      0000000b0009000006736572766572ff01000100000a00140012001d0017001800190100010101020103010400330026002400 1d0020e4ffb68ac05f8d96
      c99da26698346c6be16482badddafe051a66b4f18d668f0b002a0000002b0003020304000d0020001e0403050306030203080408050806040105010601
      0201040205020602 0202002d00020101001c00024001001500570000000000000000000000000000000000000000000000000000000000000000000000
      00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 002900dd00b800b2
      2c035d829359ee5ff7af4ec900000000262a6494dc486d2c8a34cb33fa90bf1b0070ad3c498883c9367c09a2be785abc55cd226097a3a982117283f82a03a1
      43efd3ff5dd36d64e861be7fd61d2827db279cce145077d454a3664d4e6da4d29ee03725a6a4dafcd0fc67d2aea70529513e3da2677fa5906c5b3f7d8f92f2
      28bda40dda721470f9fbf297b5aea617646fac5c03272e970727c621a79141ef5f7de6505e5bfbc388e93343694093934ae4d357fad6aacb0021203add4fb2
      d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d`);
    expect(hello.length).toBe(512);
    const psk = bytes('4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3');
    const early = earlySecret(sha, psk);
    expect(hex(early)).toBe('9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c');
    expect(hex(clientEarlyTrafficSecret(sha, early, sha.digest(hello)))).toBe(
      '3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62',
    );
    // The binder covers the hello up to the binders: 2 bytes of their length, 1 of the binder's, 32 of the binder.
    const binder = finishedVerify(sha, binderKey(sha, early), sha.digest(hello.slice(0, 512 - 35)));
    expect(hex(binder)).toBe(hex(hello.slice(480)));
    const decoded = decodeHandshake(hello, true);
    expect(
      decoded.ok && decoded.value.type === 'clientHello' && decoded.value.extensions?.map((e) => e.kind),
    ).toContain('preSharedKeys');
  });

  it('the TLS 1.2 PRF with SHA-256 (IETF TLS list, 2009)', async () => {
    const sha = (await loadCrypto()).hash('sha256');
    const out = prf(
      sha,
      bytes('9bbe436ba940f017b17652849a71db35'),
      'test label',
      [bytes('a0ba9f936cda311827a6f796ffd5198c')],
      100,
    );
    expect(hex(out)).toBe(
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
    );
  });

  it('AES-128-GCM, case 4 of the GCM specification, and a changed tag', async () => {
    const aead = (await loadCrypto()).aead('aes128gcm', bytes('feffe9928665731c6d6a8f9467308308'));
    const iv = bytes('cafebabefacedbaddecaf888');
    const plain = bytes(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    );
    const additional = bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2');
    const sealed = aead.seal(iv, plain, additional);
    expect(hex(sealed)).toBe(
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091' +
        '5bc94fbc3221a5db94fae95ae7121a47',
    );
    expect(hex(aead.open(iv, sealed, additional) ?? new Uint8Array(0))).toBe(hex(plain));
    sealed[3] = (sealed[3] ?? 0) ^ 1;
    expect(aead.open(iv, sealed, additional)).toBeNull();
  });
});
