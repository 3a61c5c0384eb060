import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { initialSecrets, INITIAL_SUITE, packetKeys, updatedKeys } from '../../../src/wire/quic/crypto/keys.ts';
import { loadQuicCrypto } from '../../../src/wire/quic/crypto/load.ts';
import { openPacket, sealPacket } from '../../../src/wire/quic/crypto/protection.ts';
import { versionKeys } from '../../../src/wire/quic/crypto/version.ts';
import { quicFrameFields } from '../../../src/wire/quic/fields/frames.ts';
import { packetFields } from '../../../src/wire/quic/fields/packet.ts';
import { decodeFrames } from '../../../src/wire/quic/frame/decode.ts';
import { encodeFrames } from '../../../src/wire/quic/frame/encode.ts';
import { packetsOf } from '../../../src/wire/quic/packet/datagram.ts';
import type { PacketHeader } from '../../../src/wire/quic/packet/header.ts';
import { decodeParameters, encodeParameters } from '../../../src/wire/quic/transportParameters.ts';
import { decodeHandshake } from '../../../src/wire/tls/handshake/decodeMessage.ts';
import { fromHex, toHex } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';

interface Line {
  readonly id: string;
  readonly hex: string;
}
const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Line);

describeWithFixtures('QUIC vectors', (fixtures) => {
  const folder = join(fixtures, 'vectors');
  const frames = linesOf(join(folder, 'fuzz/ngtcp2-frames.jsonl'));

  it.each(frames.filter(({ id }) => !id.startsWith('packet')).map(({ id, hex }) => [id, hex]))(
    'ngtcp2’s %s',
    (id, hex) => {
      const bytes = fromHex(hex);
      const decoded = decodeFrames(bytes);
      if (id === 'ack') {
        // Made to try an encoder with: its ranges go below 0, which RFC 9000 §19.3.1 has refused.
        expect(decoded.ok ? '' : decoded.problems[0]?.what).toContain('below packet number 0');
        return;
      }
      if (!decoded.ok) return expect.fail(decoded.problems[0]?.what);
      const read = decoded.value.map(({ frame }) => frame);
      const again = encodeFrames(read);
      const back = decodeFrames(again);
      expect(back.ok && back.value.map(({ frame }) => frame)).toEqual(read);
      // ngtcp2 writes numbers in eight bytes where fewer would do; where it does not, the bytes are the same.
      if (again.length === bytes.length) expect(toHex(again)).toBe(hex);
      within(quicFrameFields(bytes, 0, bytes.length), 0, bytes.length * 8);
    },
  );

  it('each packet and datagram of “The Illustrated QUIC Connection”, opened and sealed to the byte', async () => {
    const crypto = await loadQuicCrypto();
    const pieces = JSON.parse(readFileSync(join(folder, 'messages/illustrated-quic-pieces.json'), 'utf8')) as Record<
      string,
      string
    >;
    const keys = versionKeys(1)!;
    const secrets = initialSecrets(crypto, keys, fromHex('0001020304050607'));
    let opened = 0;
    for (const [name, hex] of Object.entries(pieces)) {
      const match = /^pkt(\d\d)_([cs])init/.exec(name);
      if (!match) continue;
      const packet = fromHex(hex);
      const own = packetKeys(crypto, INITIAL_SUITE, keys, match[2] === 'c' ? secrets.client : secrets.server);
      const [place] = packetsOf(packet, 5).packets;
      if (place?.kind !== 'initial') return expect.fail('no Initial');
      const read = openPacket(packet, place, own, -1);
      if (!read.ok) return expect.fail(read.problems[0]?.what);
      const plain = Object.entries(pieces).find(([key]) => key.startsWith(`pkt_payload${match[1] ?? ''}`))?.[1] ?? '';
      expect(toHex(read.value.payload).slice(0, plain.length)).toBe(plain);
      const bare = Object.entries(pieces).find(([key]) => key.startsWith(`pkt_unprot${match[1] ?? ''}`))?.[1] ?? '';
      expect(bare.startsWith(toHex(read.value.header))).toBe(true);
      const { number, numberLength, payload } = read.value;
      const { version, destination, source, token } = place;
      const header: PacketHeader = { kind: 'initial', version, destination, source, token, number, numberLength };
      const sealed = sealPacket(header, payload, own);
      expect(sealed.ok && toHex(sealed.value)).toBe(hex.slice(0, 2 * place.end));
      within(packetFields(packet, place, read.value), 0, place.end * 8);
      opened++;
    }
    expect(opened).toBe(3);
    // Each datagram falls into the packets that stand on their own beside it.
    const packets = Object.entries(pieces).filter(([name]) => /^pkt\d\d/.test(name));
    for (const [name, hex] of Object.entries(pieces).filter(([key]) => key.startsWith('dgram'))) {
      const { packets: places, rest } = packetsOf(fromHex(hex), 5);
      if (rest)
        expect({ name, what: rest.what }).toMatchObject({
          name,
          what: expect.stringContaining('zeros fill the datagram up') as string,
        });
      for (const { at, end } of places) {
        const part = hex.slice(2 * at, 2 * end);
        expect(packets.some(([, one]) => one.startsWith(part))).toBe(true);
      }
    }
    for (const [name, hex] of Object.entries(pieces).filter(([key]) => key.startsWith('pkt_payload'))) {
      const decoded = decodeFrames(fromHex(hex));
      expect({ name, problem: decoded.ok ? null : decoded.problems[0] }).toEqual({ name, problem: null });
    }
  });

  it('transport parameters of its two hellos, and of aioquic’s messages, come back to the byte', () => {
    const pieces = JSON.parse(readFileSync(join(folder, 'messages/illustrated-quic-pieces.json'), 'utf8')) as Record<
      string,
      string
    >;
    const messages = [
      pieces['crypto_clienthello'] ?? '',
      pieces['crypto_extensions'] ?? '',
      ...linesOf(join(folder, 'messages/aioquic-tls-messages.jsonl')).map(({ hex }) => hex),
    ];
    let found = 0;
    for (const hex of messages) {
      const message = decodeHandshake(fromHex(hex), true);
      if (!message.ok || !('extensions' in message.value)) continue;
      for (const extension of message.value.extensions ?? []) {
        if (extension.kind !== 'raw' || extension.type !== 57) continue;
        const list = decodeParameters(extension.data);
        if (!list.ok) return expect.fail(list.problems[0]?.what);
        expect(encodeParameters(list.value).length).toBeLessThanOrEqual(extension.data.length);
        expect(decodeParameters(encodeParameters(list.value))).toEqual(list);
        found++;
      }
    }
    expect(found).toBeGreaterThanOrEqual(2);
  });

  it.each(['client', 'server'])('quiche’s inputs to its %s are read as packets, or have a sentence', (side) => {
    const counts = { packets: 0, sentences: 0 };
    for (const { hex } of linesOf(join(folder, `fuzz/quiche-packet_recv_${side}.jsonl`))) {
      const bytes = fromHex(hex);
      const { packets, rest } = packetsOf(bytes, 16);
      counts.packets += packets.length;
      if (rest) {
        expect(rest.what.length).toBeGreaterThan(15);
        counts.sentences++;
      }
      for (const place of packets) within(packetFields(bytes, place), place.at * 8, place.end * 8);
      const payload = decodeFrames(bytes);
      if (!payload.ok) expect(payload.problems[0]?.what.length).toBeGreaterThan(15);
      within(quicFrameFields(bytes, 0, bytes.length), 0, bytes.length * 8);
    }
    expect(Math.min(counts.packets, counts.sentences)).toBeGreaterThan(50);
  });

  it('keys go on and on', async () => {
    const crypto = await loadQuicCrypto();
    let keys = packetKeys(crypto, INITIAL_SUITE, versionKeys(1)!, new Uint8Array(32));
    const seen = new Set<string>();
    for (let i = 0; i < 5; i++) {
      seen.add(toHex(keys.secret));
      const { mask } = keys;
      keys = updatedKeys(crypto, keys);
      expect(keys.mask).toBe(mask);
    }
    expect(seen.size).toBe(5);
  });
});
