import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtures } from '../../support/fixturesFolder.ts';
import { ContentType } from '../../../src/wire/tls/codes.ts';
import { decodeHandshake, handshakeLengthAt } from '../../../src/wire/tls/handshake/decodeMessage.ts';
import { encodeHandshake, handshakeSize } from '../../../src/wire/tls/handshake/message.ts';
import { loadCrypto } from '../../../src/wire/tls/crypto/load.ts';
import { RecordProtector } from '../../../src/wire/tls/crypto/protection.ts';
import * as schedule from '../../../src/wire/tls/crypto/schedule13.ts';
import { suiteOf } from '../../../src/wire/tls/crypto/suites.ts';

interface Item {
  readonly name: string;
  readonly hex: string;
}
interface Step {
  readonly who: string;
  readonly step: string;
  readonly items: readonly Item[];
}
type Section = { readonly title: string; readonly steps: readonly Step[] };

const file = join(fixtures ?? '', 'vectors/rfc/rfc8448-s3-s5-s7.json');
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const item = (step: Step, name: string): Uint8Array | null => {
  const found = step.items.find((i) => i.name === name);
  return found ? bytes(found.hex) : null;
};

const contentTypes: Readonly<Record<string, number>> = {
  handshake: ContentType.Handshake,
  application_data: ContentType.ApplicationData,
  alert: ContentType.Alert,
};

describe.skipIf(!existsSync(file))('RFC 8448', () => {
  const sections = existsSync(file)
    ? Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Section>).filter(
        ([name]) => name !== 'check',
      )
    : [];
  it.each(sections)('§%s: key schedule, messages and records to the byte', async (_, section) => {
    const crypto = await loadCrypto();
    const suite = suiteOf(0x1301);
    if (!suite) throw new Error('no suite');
    const sha = crypto.hash('sha256');
    const writers = new Map<string, RecordProtector>();
    const readers = new Map<string, RecordProtector>();
    let counted = { secrets: 0, messages: 0, sealed: 0 };
    for (const step of section.steps) {
      const prk = item(step, 'PRK');
      const label = /"tls13 ([^"]+)"/.exec(step.step)?.[1];
      const expanded = item(step, 'expanded');
      if (prk && label !== undefined && expanded && label !== 'finished') {
        const context = item(step, 'hash') ?? new Uint8Array(0);
        expect(hex(schedule.labelInfo(label, context, expanded.length))).toBe(
          hex(item(step, 'info') ?? new Uint8Array(0)),
        );
        expect(hex(schedule.expandLabel(sha, prk, label, context, expanded.length))).toBe(hex(expanded));
        counted = { ...counted, secrets: counted.secrets + 1 };
      }
      const secret = item(step, 'secret');
      const input = item(step, 'IKM');
      if (secret && input)
        expect(hex(schedule.hkdfExtract(sha, item(step, 'salt') ?? new Uint8Array(0), input))).toBe(hex(secret));
      if (prk && /derive (write|read) traffic keys/.test(step.step)) {
        const keys = schedule.trafficKeys(sha, prk, 16);
        expect(hex(keys.key)).toBe(hex(item(step, 'key expanded') ?? new Uint8Array(0)));
        expect(hex(keys.iv)).toBe(hex(item(step, 'iv expanded') ?? new Uint8Array(0)));
      }
      // "Same as …" steps name the peer's keys: both ends' protectors are made where the writer derives its own.
      const written = /derive write traffic keys for (handshake|application) data/.exec(step.step);
      if (written) {
        const peer = step.who === 'client' ? 'server' : 'client';
        const source =
          prk ??
          section.steps
            .filter((s) => s.who === peer && s.step.startsWith(`derive read traffic keys for ${written[1] ?? ''}`))
            .map((s) => item(s, 'PRK'))
            .find((p) => p !== null);
        if (source) {
          const keys = schedule.trafficKeys(sha, source, 16);
          writers.set(step.who, new RecordProtector(crypto, suite, keys));
          readers.set(step.who, new RecordProtector(crypto, suite, keys));
        }
      }
      const record = item(step, 'complete record');
      const payload = item(step, 'payload');
      const kind = /send (\w+) record/.exec(step.step)?.[1] ?? '';
      const type = contentTypes[kind];
      if (type === ContentType.Handshake && payload) {
        for (let at = 0; at < payload.length;) {
          const size = handshakeLengthAt(payload, at) ?? 0;
          const one = payload.slice(at, at + size);
          const message = decodeHandshake(one, true);
          expect(message).toMatchObject({ ok: true });
          if (!message.ok) throw new Error('not read');
          expect(hex(encodeHandshake(message.value))).toBe(hex(one));
          expect(handshakeSize(message.value)).toBe(one.length);
          expect(JSON.stringify(message.value)).not.toContain('"kind":"raw"');
          counted = { ...counted, messages: counted.messages + 1 };
          at += size;
        }
      }
      const writer = writers.get(step.who);
      if (record && payload && type !== undefined && record[0] === ContentType.ApplicationData && writer) {
        expect(hex(writer.seal(type, payload))).toBe(hex(record));
        expect(readers.get(step.who)?.open(record)).toMatchObject({ ok: true, value: { type, padding: 0 } });
        counted = { ...counted, sealed: counted.sealed + 1 };
      }
      const finished = item(step, 'finished');
      if (finished && prk)
        expect(hex(schedule.expandLabel(sha, prk, 'finished', new Uint8Array(0), 32))).toBe(
          hex(expanded ?? new Uint8Array(0)),
        );
    }
    expect(counted.secrets).toBeGreaterThan(5);
    expect(counted.sealed).toBeGreaterThanOrEqual(4);
    expect(counted.messages).toBeGreaterThanOrEqual(4);
  });
});
