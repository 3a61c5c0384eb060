import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithTshark, tshark } from '../../support/tshark.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { makeBytes } from '../../../src/wire/tls/make/bytes.ts';
import { captureOf } from './capture.ts';
import { exchange, TlsPair } from './pair.ts';
import { variants } from './variants.ts';

/** What tshark says of a connection. */
interface Read {
  readonly types: string[];
  readonly errors: string[];
  followed: string;
}

describeWithTshark('Wireshark decrypts what was made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const working = variants.filter((v) => v.works);
  const pairs = working.map(({ client, server }) => exchange(new TlsPair(client, server), 67, 3000));
  const read: Read[] = pairs.map(() => ({ types: [], errors: [], followed: '' }));

  // All in one file: a start of tshark takes longer than what it reads.
  beforeAll(async () => {
    const crypto = await loadCrypto();
    const file = join(folder, 'all.pcapng');
    writeFileSync(file, Buffer.concat(pairs.map((pair, n) => captureOf(pair, makeBytes(pair.log, crypto), n))));
    const fields = ['tcp.stream', '_ws.expert.severity', '_ws.malformed', '_ws.expert.message', 'tls.handshake.type'];
    const { stdout, stderr, status } = tshark([
      ...['-r', file, '-T', 'fields', '-E', 'occurrence=a'],
      ...fields.flatMap((field) => ['-e', field]),
      ...pairs.flatMap((_, n) => ['-z', `follow,tls,raw,${String(n)}`]),
    ]);
    expect([stderr, status]).toEqual(['', 0]);
    const [table = '', ...follows] = stdout.split(/^=+$(?=\nFollow:)/m);
    for (const line of table.split('\n').filter((one) => one !== '')) {
      const [stream = '', severities = '', malformed = '', message = '', types = ''] = line.split('\t');
      const one = read[Number(stream)];
      const isError = severities.split(',').some((severity) => Number(severity) >= 8_388_608);
      if (isError || malformed !== '') one?.errors.push(message);
      one?.types.push(...types.split(',').filter((type) => type !== ''));
    }
    for (const follow of follows) {
      const one = read[Number(/tcp\.stream eq (\d+)/.exec(follow)?.[1])];
      if (one) one.followed = follow;
    }
  });

  it.each(working.map(({ name }, n) => ({ name, n })))('$name', ({ n }) => {
    const pair = pairs[n] as TlsPair;
    const { errors, types, followed } = read[n] as Read;
    expect(errors).toEqual([]);
    const lines = followed.split('\n').map((line) => line.trim());
    const data = lines.filter((line) => /^[0-9a-f]+$/.test(line));
    const text = Buffer.from(data.join(''), 'hex').toString();
    // What the client asked and what the server answered, both in clear; asked twice where early data was rejected.
    const rejected = pair.heard.client.some((notice) => notice.type === 'early' && !notice.accepted);
    expect(text.length).toBe((rejected ? 2 : 1) * 67 + 3000);
    expect(text).toMatch(/^abcdef/);
    expect(types).toHaveLength(pair.log.messages.length);
  });
});
