import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ContentType } from '../../../src/wire/tls/codes.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { KeyLog } from '../../../src/wire/tls/keylog.ts';
import { makeBytes } from '../../../src/wire/tls/make/bytes.ts';
import { openSession } from '../../../src/wire/tls/open.ts';
import { recordsOf } from '../../../src/wire/tls/record.ts';
import { exchange, TlsPair } from './pair.ts';
import { variants } from './variants.ts';

const sides = ['client', 'server'] as const;

describe('bytes of simulated connections', () => {
  it.each(variants)('$name', async ({ client, server }) => {
    const crypto = await loadCrypto();
    const { log } = exchange(new TlsPair(client, server), 67, 40_000);
    const made = makeBytes(log, crypto);
    const again = makeBytes(structuredClone(log), crypto);
    for (const side of sides) {
      expect(Buffer.compare(made[side], again[side])).toBe(0);
      // Every record lies where the simulation had it.
      expect(recordsOf(made[side]).map((r) => r.end - r.at)).toEqual(log.records[side].map((r) => r.size));
      expect(made[side].length).toBe(log.records[side].reduce((sum, r) => sum + r.size, 0));
    }
    const opened = openSession(made.client, made.server, new KeyLog(made.keyLog.join('\n')), crypto);
    if (!opened) throw new Error('not opened');
    const takesEarly = log.messages.some(
      ({ message }) => message.type === 'encryptedExtensions' && message.extensions.some((e) => e.kind === 'earlyData'),
    );
    for (const side of sides) {
      const expected = log.records[side];
      expect(opened[side].records).toHaveLength(expected.length);
      for (const [i, record] of opened[side].records.entries()) {
        expect(record.problem).toBeNull();
        expect([record.inner, record.content?.length]).toEqual([expected[i]?.type, expected[i]?.length]);
      }
      expect(opened[side].messages.filter((m) => m.problem !== null)).toEqual([]);
      expect(opened[side].messages.map((m) => m.message?.type)).toEqual(
        log.messages.filter((m) => m.from === side).map((m) => m.message.type),
      );
    }
    const text = opened.client.records
      .filter((r) => r.inner === ContentType.ApplicationData && (takesEarly || r.epoch !== 1))
      .map((r) => Buffer.from(r.content ?? []).toString());
    if (text.length > 0) expect(text.join('')).toMatch(/^abcdefghij/);
  });

  it('chains are what Node takes for true, and the server’s signature is its key’s', async () => {
    const crypto = await loadCrypto();
    for (const name of ['1.2 full', '1.2 full, RSA', '1.2 mutual']) {
      const found = variants.find((v) => v.name === name);
      if (!found) throw new Error(name);
      const { log } = exchange(new TlsPair(found.client, found.server), 67, 100);
      const made = makeBytes(log, crypto);
      const opened = openSession(made.client, made.server, new KeyLog(made.keyLog.join('\n')), crypto);
      const message = opened?.server.messages.find((m) => m.message?.type === 'certificate12')?.message;
      if (message?.type !== 'certificate12') throw new Error('no certificate');
      const [leaf, intermediate] = message.certificates.map((der) => new X509Certificate(der));
      if (!leaf || !intermediate) throw new Error('no chain');
      expect(leaf.checkIssued(intermediate)).toBe(true);
      expect(leaf.verify(intermediate.publicKey)).toBe(true);
      expect(leaf.checkHost('www.oracle.test')).toBe('www.oracle.test');
      const exchanged = opened?.server.messages.find((m) => m.message?.type === 'serverKeyExchange')?.message;
      const hellos = [opened?.client.messages[0]?.message, opened?.server.messages[0]?.message];
      if (exchanged?.type !== 'serverKeyExchange') throw new Error('no key exchange');
      const randoms = hellos.map((h) =>
        h?.type === 'clientHello' || h?.type === 'serverHello' ? h.random : new Uint8Array(0),
      );
      const { group, share, signature } = exchanged;
      const signed = Buffer.concat([...randoms, Uint8Array.of(3, group >>> 8, group & 255, share.length), share]);
      const key = createPublicKey(leaf.publicKey.export({ type: 'spki', format: 'pem' }));
      const options = name.includes('RSA') ? { key, padding: 6, saltLength: 32 } : key;
      expect(verify('sha256', signed, options, signature)).toBe(true);
    }
  });
});
