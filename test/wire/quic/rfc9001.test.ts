import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { initialSecrets, INITIAL_SUITE, packetKeys, rawKeys, updatedKeys } from '../../../src/wire/quic/crypto/keys.ts';
import type { PacketKeys } from '../../../src/wire/quic/crypto/keys.ts';
import { loadQuicCrypto } from '../../../src/wire/quic/crypto/load.ts';
import { openPacket, packetNonce, sealPacket } from '../../../src/wire/quic/crypto/protection.ts';
import { retryTag } from '../../../src/wire/quic/crypto/retry.ts';
import { versionKeys } from '../../../src/wire/quic/crypto/version.ts';
import type { VersionKeys } from '../../../src/wire/quic/crypto/version.ts';
import { QuicVersion } from '../../../src/wire/quic/codes.ts';
import { decodeFrames } from '../../../src/wire/quic/frame/decode.ts';
import { encodeFrames, frameSize } from '../../../src/wire/quic/frame/encode.ts';
import type { ReadFrame } from '../../../src/wire/quic/frame/frame.ts';
import { packetsOf } from '../../../src/wire/quic/packet/datagram.ts';
import type { PacketPlace } from '../../../src/wire/quic/packet/datagram.ts';
import { encodeRetry, headerSize, packetSize, putHeader, retrySize } from '../../../src/wire/quic/packet/header.ts';
import type { PacketHeader } from '../../../src/wire/quic/packet/header.ts';
import { fromHex, toHex } from '../hpack/support.ts';

const destination = fromHex('8394c8f03e515708');
const none = new Uint8Array(0);
const version = (number: number): VersionKeys => versionKeys(number)!;
const pair = async (number: number): Promise<{ client: PacketKeys; server: PacketKeys }> => {
  const crypto = await loadQuicCrypto();
  const secrets = initialSecrets(crypto, version(number), destination);
  return {
    client: packetKeys(crypto, INITIAL_SUITE, version(number), secrets.client),
    server: packetKeys(crypto, INITIAL_SUITE, version(number), secrets.server),
  };
};
const only = (bytes: Uint8Array, idLength = 0): Extract<PacketPlace, { numberAt: number }> => {
  const { packets, rest } = packetsOf(bytes, idLength);
  expect(rest).toBeNull();
  const [packet] = packets;
  if (!packet || !('numberAt' in packet)) throw new Error('no packet');
  return packet;
};
const sealed = (header: PacketHeader, payload: Uint8Array, keys: PacketKeys): string => {
  const done = sealPacket(header, payload, keys);
  if (!done.ok) throw new Error(done.problems[0]?.what);
  expect(packetSize(header, payload.length)).toBe(done.value.length);
  return toHex(done.value);
};
const plainHeader = (header: PacketHeader, payload: number): string => {
  const bytes = new Uint8Array(headerSize(header, payload));
  expect(putHeader(bytes, 0, header, payload)).toBe(bytes.length);
  return toHex(bytes);
};

/** RFC 9001 §A.2: the CRYPTO frame that the client's Initial holds. */
const hello =
  fromHex(`060040f1010000ed0303ebf8fa56f129 39b9584a3896472ec40bb863cfd3e868 04fe3a47f06a2b69484c000004130113
  02010000c000000010000e00000b6578 616d706c652e636f6dff01000100000a 00080006001d00170018001000070005 04616c706e00050005010000000000
  33 00260024001d00209370b2c9caa47fba baf4559fedba753de171fa71f50f1ce1 5d43e994ec74d748002b000302030400 0d0010000e040305030603020308
  0408 050806002d00020101001c0002400100 3900320408ffffffffffffffff05048000 ffff07048000ffff0801100104800075 300901100f088394c8f03e515708
  06 048000ffff`);
const client: PacketHeader = {
  kind: 'initial',
  version: QuicVersion.V1,
  destination,
  source: none,
  token: none,
  number: 2,
  numberLength: 4,
};
const server: PacketHeader = {
  ...client,
  destination: none,
  source: fromHex('f067a5502a4262b5'),
  number: 1,
  numberLength: 2,
};
const serverPayload = fromHex(
  '02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304',
);

describe('RFC 9001 appendix A, to the byte', () => {
  it('A.1: the secrets and keys of Initial packets', async () => {
    const crypto = await loadQuicCrypto();
    const secrets = initialSecrets(crypto, version(1), destination);
    expect(toHex(secrets.client)).toBe('c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea');
    expect(toHex(secrets.server)).toBe('3c199828fd139efd216c155ad844cc81fb82fa8d7446fa7d78be803acdda951b');
    const keys = (secret: Uint8Array): string[] => {
      const raw = rawKeys(crypto.hash('sha256'), INITIAL_SUITE, version(1), secret);
      return [raw.key, raw.iv, raw.headerKey].map(toHex);
    };
    expect(keys(secrets.client)).toEqual([
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
    expect(keys(secrets.server)).toEqual([
      'cf3a5331653c364c88f0f379b6067e37',
      '0ac1493ca1905853b0bba03e',
      'c206b8d9b9f0f37644430b490eeaa314',
    ]);
  });

  it('A.2: the client’s Initial', async () => {
    const { client: keys } = await pair(1);
    const frames: ReadFrame[] = [
      { kind: 'crypto', offset: 0, data: hello.slice(4) },
      { kind: 'padding', length: 1162 - hello.length },
    ];
    const payload = encodeFrames(frames);
    expect(toHex(payload.subarray(0, hello.length))).toBe(toHex(hello));
    expect(frameSize(frames[0]!)).toBe(hello.length);
    expect(plainHeader(client, 1162)).toBe('c300000001088394c8f03e5157080000449e00000002');
    const packet = sealed(client, payload, keys);
    expect(packet).toHaveLength(2400);
    expect(packet.slice(0, 76)).toBe('c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b');
    expect(packet.slice(-32)).toBe('e221af44860018ab0856972e194cd934');
    const opened = openPacket(fromHex(packet), only(fromHex(packet)), keys, -1);
    expect(opened).toMatchObject({ ok: true, value: { number: 2, numberLength: 4, keyPhase: null, reserved: 0 } });
    if (!opened.ok) return;
    const decoded = decodeFrames(opened.value.payload);
    expect(decoded.ok && decoded.value.map(({ frame }) => frame)).toEqual(frames);
  });

  it('A.3: the server’s Initial', async () => {
    const { server: keys } = await pair(1);
    expect(plainHeader(server, serverPayload.length)).toBe('c1000000010008f067a5502a4262b50040750001');
    const packet =
      'cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee';
    expect(sealed(server, serverPayload, keys)).toBe(packet);
    const opened = openPacket(fromHex(packet), only(fromHex(packet)), keys, -1);
    expect(opened.ok && toHex(opened.value.payload)).toBe(toHex(serverPayload));
    const decoded = decodeFrames(serverPayload);
    expect(decoded.ok && decoded.value.map(({ frame }) => frame.kind)).toEqual(['ack', 'crypto']);
  });

  it.each([
    ['A.4', 1, 'ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba'],
    ['RFC 9369 A.4', QuicVersion.V2, 'cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6'],
  ])('%s: Retry and its tag', async (_, number, hex) => {
    const crypto = await loadQuicCrypto();
    const bytes = fromHex(hex);
    const { packets } = packetsOf(bytes, 0);
    const [retry] = packets;
    if (retry?.kind !== 'retry') throw new Error('no Retry');
    expect(toHex(retry.token)).toBe(toHex(new TextEncoder().encode('token')));
    expect(retrySize(retry)).toBe(bytes.length);
    const tag = retryTag(crypto, version(number), destination, encodeRetry(retry, none));
    expect(toHex(encodeRetry(retry, tag))).toBe(hex);
  });

  it.each([
    [
      'A.5',
      1,
      'c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8',
      'e0459b3474bdd0e44a41c144',
      '25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4',
      '1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9',
      '4cfe4189655e5cd55c41f69080575d7999c25a5bfb',
    ],
    [
      'RFC 9369 A.5',
      QuicVersion.V2,
      '3bfcddd72bcf02541d7fa0dd1f5f9eeea817e09a6963a0e6c7df0f9a1bab90f2',
      'a6b5bc6ab7dafce30ffff5dd',
      'd659760d2ba434a226fd37b35c69e2da8211d10c4f12538787d65645d5d1b8e2',
      'c69374c49e3d2a9466fa689e49d476db5d0dfbc87d32ceeaa6343fd0ae4c7d88',
      '5558b1c60ae7b6b932bc27d786f4bc2bb20f2162ba',
    ],
  ])('%s: ChaCha20-Poly1305, short header, next key', async (id, number, key, iv, headerKey, next, packet) => {
    const crypto = await loadQuicCrypto();
    const suite = { hash: 'sha256', aead: 'chacha20poly1305', keySize: 32 } as const;
    const secret = fromHex('9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b');
    const raw = rawKeys(crypto.hash('sha256'), suite, version(number), secret);
    expect([raw.key, raw.iv, raw.headerKey].map(toHex)).toEqual([key, iv, headerKey]);
    const keys = packetKeys(crypto, suite, version(number), secret);
    expect(toHex(updatedKeys(crypto, keys).secret)).toBe(next);
    if (id === 'A.5') {
      expect(toHex(packetNonce(keys.iv, 654360564))).toBe('e0459b3474bdd0e46d417eb0');
      expect(toHex(keys.mask(fromHex('5e5cd55c41f69080575d7999c25a5bfb')))).toBe('aefefe7d03');
    }
    const header: PacketHeader = {
      kind: 'oneRtt',
      destination: none,
      spin: false,
      keyPhase: 0,
      number: 654360564,
      numberLength: 3,
    };
    expect(plainHeader(header, 1)).toBe('4200bff4');
    expect(sealed(header, Uint8Array.of(1), keys)).toBe(packet);
    const bytes = fromHex(packet);
    const opened = openPacket(bytes, only(bytes), keys, 654360563);
    expect(opened).toMatchObject({ ok: true, value: { number: 654360564, keyPhase: 0, payload: Uint8Array.of(1) } });
  });

  it('a payload too short for the sample is refused, and a changed packet does not open', async () => {
    const { client: keys } = await pair(1);
    const short = sealPacket({ ...client, numberLength: 1 }, Uint8Array.of(1, 0), keys);
    expect(short.ok ? '' : short.problems[0]?.what).toContain('3 are needed');
    const bytes = fromHex(sealed(client, Uint8Array.of(1, 0, 0, 0), keys));
    bytes[bytes.length - 1]! ^= 1;
    const opened = openPacket(bytes, only(bytes), keys, -1);
    expect(opened.ok ? '' : opened.problems[0]?.what).toContain('tag is wrong');
  });
});

describeWithFixtures('RFC 9001 appendix A, the whole of it', (fixtures) => {
  it('A.2 is the same over all its 1,200 bytes', async () => {
    const file = join(fixtures, 'vectors/rfc/rfc9001-appendixA-a1-a2-a4.json');
    const sections = JSON.parse(readFileSync(file, 'utf8')) as { id: string; blocks: string[] }[];
    const blocks = sections.find(({ id }) => id === 'A.2')?.blocks ?? [];
    const { client: keys } = await pair(1);
    const payload = new Uint8Array(1162);
    payload.set(hello);
    expect(toHex(hello)).toBe(blocks[0]);
    expect(sealed(client, payload, keys)).toBe(blocks[2]);
  });
});
