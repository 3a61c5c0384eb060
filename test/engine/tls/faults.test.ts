import { describe, expect, it } from 'vitest';
import { Alert } from '../../../src/wire/tls/codes.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { KeyLog } from '../../../src/wire/tls/keylog.ts';
import { makeBytes } from '../../../src/wire/tls/make/bytes.ts';
import { openSession } from '../../../src/wire/tls/open.ts';
import { exchange, TlsPair } from './pair.ts';
import { variant, variants } from './variants.ts';

/** Who failed with which alert. */
const expected: Readonly<Record<string, readonly ['client' | 'server', number]>> = {
  'unknown CA': ['client', Alert.UnknownCa],
  expired: ['client', Alert.CertificateExpired],
  'expired, 1.2': ['client', Alert.CertificateExpired],
  'wrong name': ['client', Alert.BadCertificate],
  'no common version': ['server', Alert.ProtocolVersion],
  'no common cipher': ['server', Alert.HandshakeFailure],
  'no common ALPN': ['server', Alert.NoApplicationProtocol],
  '1.3 mutual, refused': ['server', Alert.CertificateRequired],
};

describe('failures', () => {
  it.each(variants.filter((v) => !v.works))(
    '$name: the right alert from the right end, heard by the other',
    ({ name, client, server }) => {
      const pair = exchange(new TlsPair(client, server), 67, 100);
      const [from, alert] = expected[name] ?? ['client', -1];
      const to = from === 'client' ? 'server' : 'client';
      expect(pair.heard[from].find((n) => n.type === 'failed')).toMatchObject({ alert, fromPeer: false });
      expect(pair.heard[to].find((n) => n.type === 'failed')).toMatchObject({ alert, fromPeer: true });
      expect(pair.log.records[from].at(-1)?.alert).toEqual([2, alert]);
    },
  );

  it.each(['1.2 full', '1.3 full'])('%s: a changed record ends in bad_record_mac', async (name) => {
    const { client, server } = variant(name);
    const protectedRecords = exchange(new TlsPair(client, server), 67, 100).log.records.server.filter(
      (r) => r.epoch > 0,
    ).length;
    for (let damaged = 1; damaged < protectedRecords; damaged++) {
      const pair = exchange(new TlsPair(client, server, { server: damaged }), 67, 100);
      expect(pair.heard.client.find((n) => n.type === 'failed')).toMatchObject({
        alert: Alert.BadRecordMac,
        fromPeer: false,
      });
      expect(pair.heard.server.find((n) => n.type === 'failed')).toMatchObject({
        alert: Alert.BadRecordMac,
        fromPeer: true,
      });
      const crypto = await loadCrypto();
      const made = makeBytes(pair.log, crypto);
      const opened = openSession(made.client, made.server, new KeyLog(made.keyLog.join('\n')), crypto);
      expect(opened?.server.records.filter((r) => r.problem !== null).length).toBeGreaterThanOrEqual(1);
    }
  });

  it('keys are updated both ways, and everything still opens', async () => {
    const { client, server } = variant('1.3 full');
    const pair = new TlsPair(client, server);
    let got = 0;
    pair.onNotice = (side, notice) => {
      if (notice.type !== 'readable') return;
      got += notice.bytes;
      if (side === 'server' && got === 50) {
        pair.command('server', { type: 'keyUpdate', request: true });
        pair.command('server', { type: 'write', bytes: 500 });
      }
      if (side === 'client' && got === 550) pair.command('client', { type: 'write', bytes: 77 });
    };
    pair.command('client', { type: 'write', bytes: 50 });
    pair.command('client', { type: 'open' });
    pair.run();
    expect(got).toBe(627);
    expect(pair.log.records.client.at(-1)?.epoch).toBe(4);
    const crypto = await loadCrypto();
    const made = makeBytes(pair.log, crypto);
    const opened = openSession(made.client, made.server, new KeyLog(made.keyLog.join('\n')), crypto);
    expect(
      [...(opened?.client.records ?? []), ...(opened?.server.records ?? [])].filter((r) => r.problem !== null),
    ).toEqual([]);
  });

  it('a ticket that was given resumes: its secret opens the later session’s early data', async () => {
    const crypto = await loadCrypto();
    const { client, server } = variant('1.3 0-RTT accepted');
    const first = exchange(new TlsPair({ ...client, stored: null, early: false }, server), 67, 100);
    const ticket = makeBytes(first.log, crypto).tickets[1] ?? null;
    const second = exchange(new TlsPair(client, server), 67, 100);
    const made = makeBytes(second.log, crypto, undefined, ticket);
    const opened = openSession(made.client, made.server, new KeyLog(made.keyLog.join('\n')), crypto);
    expect(opened?.client.records.filter((r) => r.problem !== null)).toEqual([]);
    const hello = opened?.client.messages[0]?.message;
    const psk = hello?.type === 'clientHello' ? hello.extensions?.find((e) => e.kind === 'preSharedKeys') : undefined;
    expect(psk?.kind === 'preSharedKeys' && psk.identities[0]?.identity).toEqual(ticket?.ticket);
  });

  it('bytes of a record are of no use before its last one: a 16 KB record waits for its last segment', () => {
    const { client, server } = variant('1.3 full');
    const pair = exchange(new TlsPair(client, server), 67, 40_000);
    const sizes = pair.heard.client.flatMap((n) => (n.type === 'readable' ? [n.bytes] : []));
    expect(sizes).toEqual([16384, 16384, 7232]);
  });
});
