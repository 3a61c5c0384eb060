import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { keyLogOf, prepareBytes } from '../../src/packet/made.ts';
import { keySchedule } from '../../src/packet/tls/schedule.ts';
import type { KeySchedule, ScheduledSecret } from '../../src/packet/tls/schedule.ts';
import { summarize } from '../../src/trace/summary.ts';
import type { Trace } from '../../src/trace/types.ts';
import { playSecure } from '../engine/secure/runs.ts';
import { scenarioFor, variants } from '../engine/secure/variants.ts';
import type { Tls } from '../engine/secure/variants.ts';

const prepared = async (tls: Tls): Promise<Trace> => {
  const trace = await playSecure(scenarioFor(tls));
  await prepareBytes(trace);
  return trace;
};
const scheduleOf = (trace: Trace): KeySchedule => {
  const schedule = keySchedule(trace, 0);
  if (!schedule) throw new Error('no schedule');
  return schedule;
};
const arrows = (schedule: KeySchedule): string[] =>
  schedule.secrets.map(({ name, inputs, by }) => `${inputs.join(' + ')} –${by}→ ${name}`);
const find = (schedule: KeySchedule, name: string): ScheduledSecret => {
  const found = schedule.secrets.find((s) => s.name === name);
  if (!found) throw new Error(name);
  return found;
};
const bytes = (hex: string | null): Buffer => Buffer.from(hex ?? '', 'hex');
/** HKDF-Extract and Derive-Secret by Node's own hash (RFC 5869 §2.2, RFC 8446 §7.1). */
const extract = (salt: Buffer, input: Buffer): string => createHmac('sha384', salt).update(input).digest('hex');
const derive = (secret: string | null, label: string, context: Buffer): Buffer => {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([
    Buffer.from([0, 48, name.length]),
    name,
    Buffer.from([context.length]),
    context,
    Buffer.from([1]),
  ]);
  return createHmac('sha384', bytes(secret)).update(info).digest();
};
/** SHA-384 of nothing. */
const EMPTY = Buffer.from(
  '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
  'hex',
);

describe('the key schedule of TLS 1.3', () => {
  it('is the picture of RFC 8446 §7.1', async () => {
    expect(arrows(scheduleOf(await prepared({ version: '1.3', resume: '0rtt' })))).toEqual([
      'PSK –HKDF-Extract→ early secret',
      'early secret –res binder→ binder key',
      'early secret –c e traffic→ CLIENT_EARLY_TRAFFIC_SECRET',
      'early secret –e exp master→ EARLY_EXPORTER_SECRET',
      'client share + server share –(EC)DHE→ shared secret',
      'early secret + shared secret –HKDF-Extract→ handshake secret',
      'handshake secret –c hs traffic→ CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'handshake secret –s hs traffic→ SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'handshake secret + zeros –HKDF-Extract→ master secret',
      'master secret –c ap traffic→ CLIENT_TRAFFIC_SECRET_0',
      'master secret –s ap traffic→ SERVER_TRAFFIC_SECRET_0',
      'master secret –exp master→ EXPORTER_SECRET',
      'master secret –res master→ resumption secret',
    ]);
    const full = arrows(scheduleOf(await prepared({ version: '1.3' })));
    expect(full[0]).toBe('zeros –HKDF-Extract→ early secret');
    expect(full).toHaveLength(10);
  });

  it('has the values that its arrows give', async () => {
    for (const tls of [{ version: '1.3' }, { version: '1.3', resume: '0rtt' }] as const) {
      const schedule = scheduleOf(await prepared(tls));
      const value = (name: string): string | null => find(schedule, name).value;
      if (!('resume' in tls)) expect(value('early secret')).toBe(extract(Buffer.alloc(48), Buffer.alloc(48)));
      const early = derive(value('early secret'), 'derived', EMPTY);
      expect(value('handshake secret')).toBe(extract(early, bytes(value('shared secret'))));
      const handshake = derive(value('handshake secret'), 'derived', EMPTY);
      expect(value('master secret')).toBe(extract(handshake, Buffer.alloc(48)));
    }
    const updated = scheduleOf(await prepared({ version: '1.3', keyUpdateAfter: 1000 }));
    for (const side of ['CLIENT', 'SERVER'])
      expect(find(updated, `${side}_TRAFFIC_SECRET_1`).value).toBe(
        derive(find(updated, `${side}_TRAFFIC_SECRET_0`).value, 'traffic upd', Buffer.alloc(0)).toString('hex'),
      );
  });

  it('says which records a secret protects, and when each side has it', async () => {
    const trace = await prepared({ version: '1.3' });
    const schedule = scheduleOf(trace);
    expect(
      schedule.secrets.flatMap(({ protects }) => (protects ? [`${protects.side} ${String(protects.epoch)}`] : [])),
    ).toEqual(['client 2', 'server 2', 'client 3', 'server 3']);
    // 80 ms round trip: the server has the shared secret when it answers the hello, 1 ms of work after 1.5 trips; the client half a trip later.
    const had = (name: string): readonly number[] =>
      [find(schedule, name).had.client, find(schedule, name).had.server].map((at) => Math.round((at ?? NaN) / 1e6));
    expect(had('handshake secret')).toEqual([161, 121]);
    expect(had('CLIENT_TRAFFIC_SECRET_0')).toEqual([161, 121]);
    // What follows the client's Finished: half a trip later at the server.
    const secured = summarize(trace).flows[0]?.securedMs ?? NaN;
    expect(had('resumption secret')).toEqual([Math.round(secured), Math.round(secured + 40)]);
  });

  it('early data: the client has its key before it says a word, the server with the hello', async () => {
    const early = scheduleOf(await prepared({ version: '1.3', resume: '0rtt' }));
    const { had } = find(early, 'CLIENT_EARLY_TRAFFIC_SECRET');
    expect([had.client, had.server].map((at) => Math.round((at ?? NaN) / 1e6))).toEqual([80, 120]);
    const rejected = scheduleOf(await prepared({ version: '1.3', resume: '0rtt', earlyRejected: true }));
    expect(find(rejected, 'CLIENT_EARLY_TRAFFIC_SECRET').had.server).toBeNull();
    const forgotten = scheduleOf(await prepared({ version: '1.3', resume: 'psk', forgotten: true }));
    expect(find(forgotten, 'offered early secret').had.server).toBeNull();
    expect(find(forgotten, 'offered early secret').value).not.toBe(find(forgotten, 'early secret').value);
  });
});

describe('the key schedule of TLS 1.2', () => {
  it('is the picture of RFC 5246 §8.1 and RFC 7627 §4', async () => {
    expect(arrows(scheduleOf(await prepared({ version: '1.2' })))).toEqual([
      'client share + server share –ECDHE→ premaster secret',
      'premaster secret + messages so far –extended master secret→ CLIENT_RANDOM',
      'CLIENT_RANDOM + both randoms –key expansion→ client write key',
      'CLIENT_RANDOM + both randoms –key expansion→ server write key',
    ]);
    const old = scheduleOf(await prepared({ version: '1.2', extendedMasterSecret: false }));
    expect(arrows(old)[1]).toBe('premaster secret + both randoms –master secret→ CLIENT_RANDOM');
    const resumed = scheduleOf(await prepared({ version: '1.2', resume: 'psk' }));
    expect(arrows(resumed)[0]).toBe('session –kept from the session→ CLIENT_RANDOM');
    expect(resumed.secrets.every(({ value }) => value !== null)).toBe(true);
  });
});

describe('each schedule', () => {
  it.each(variants)(
    '$name: inputs come before what is made of them, values are those of the key log',
    async ({ tls }) => {
      const trace = await playSecure(scenarioFor(tls));
      expect(scheduleOf(trace).secrets.every(({ value }) => value === null)).toBe(true);
      await prepareBytes(trace);
      const schedule = scheduleOf(trace);
      const outside = ['zeros', 'PSK', 'client share', 'server share', 'both randoms', 'messages so far', 'session'];
      const known = new Set(outside);
      for (const secret of schedule.secrets) {
        for (const input of secret.inputs) expect(known).toContain(input);
        expect(known).not.toContain(secret.name);
        known.add(secret.name);
        expect(secret.value, secret.name).toMatch(/^[0-9a-f]{32,}$/);
        expect(secret.had.client, secret.name).not.toBeNull();
      }
      for (const line of keyLogOf(trace).trim().split('\n')) {
        const [label = '', , value] = line.split(' ');
        expect(find(schedule, label).value).toBe(value);
      }
      // A capture of it has the same boxes; values it does not keep.
      const opened = await openCapture('x.pcapng', writePcapng(trace));
      if (!opened.ok) throw new Error('not opened');
      const captured = scheduleOf(opened.value.trace);
      expect(arrows(captured)).toEqual(arrows(schedule));
      for (const [i, secret] of captured.secrets.entries())
        expect(Math.abs((secret.had.client ?? NaN) - (schedule.secrets[i]?.had.client ?? NaN))).toBeLessThan(0.2e6);
    },
  );

  it('is none where nothing was agreed', async () => {
    expect(keySchedule(await playSecure(scenarioFor({ version: '1.3', fault: 'noVersion' })), 0)).toBeNull();
    expect(keySchedule(await playSecure(scenarioFor({})), 0)).toBeNull();
  });
});
