import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWithTshark, tshark, tsharkFields } from '../../support/tshark.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { makeBytes } from '../../../src/wire/tls/make/bytes.ts';
import { captureOf } from './capture.ts';
import { exchange, TlsPair } from './pair.ts';
import { variants } from './variants.ts';

describeWithTshark('Wireshark decrypts what was made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(variants.filter((v) => v.works))('$name', async ({ name, client, server }) => {
    const pair = exchange(new TlsPair(client, server), 67, 3000);
    const made = makeBytes(pair.log, await loadCrypto());
    const file = join(folder, `${name.replace(/\W/g, '-')}.pcapng`);
    writeFileSync(file, captureOf(pair, made));
    const errors = tsharkFields(
      file,
      ['frame.number', '_ws.expert.message'],
      '_ws.expert.severity >= 8388608 || _ws.malformed',
    );
    expect(errors).toEqual([]);
    const { stdout } = tshark(['-r', file, '-q', '-z', 'follow,tls,raw,0']);
    const lines = stdout.split('\n');
    const from = lines.findIndex((l) => l.startsWith('Node 1'));
    const data = lines.slice(from + 1, -2).map((l) => l.trim());
    const text = Buffer.from(data.join(''), 'hex').toString();
    // What the client asked and what the server answered, both in clear; asked twice where early data was rejected.
    const rejected = pair.heard.client.some((n) => n.type === 'early' && !n.accepted);
    expect(text.length).toBe((rejected ? 2 : 1) * 67 + 3000);
    expect(text).toMatch(/^abcdef/);
    const types = tsharkFields(file, ['tls.handshake.type'], 'tls.handshake')
      .flat()
      .flatMap((t) => t.split(','))
      .filter((t) => t !== '');
    expect(types).toHaveLength(pair.log.messages.length);
  });
});
