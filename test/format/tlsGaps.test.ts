import { afterEach, describe, expect, it, vi } from 'vitest';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { contentsOf } from '../../src/packet/tls/contents.ts';
import type { TraceTls } from '../../src/trace/tls.ts';
import type { Trace } from '../../src/trace/types.ts';
import { ContentType } from '../../src/wire/tls/codes.ts';
import { playSecure } from '../engine/secure/runs.ts';
import { scenarioFor } from '../engine/secure/variants.ts';
import type { Flow, Tls } from '../engine/secure/variants.ts';

const ENHANCED_PACKET = 6;

/** A pcapng without some of its packets, counted from 1. */
const without = (file: Uint8Array, missing: readonly number[]): Uint8Array => {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const kept: Uint8Array[] = [];
  let packet = 0;
  for (let at = 0; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    const isPacket = view.getUint32(at, true) === ENHANCED_PACKET;
    if (!isPacket || !missing.includes(++packet)) kept.push(file.subarray(at, at + length));
    at += length;
  }
  return new Uint8Array(Buffer.concat(kept));
};

const opened = async (file: Uint8Array): Promise<Trace> => {
  const result = await openCapture('x.pcapng', file);
  if (!result.ok) throw new Error(result.problems[0]?.what);
  return result.value.trace;
};

const tlsOf = (trace: Trace): TraceTls => {
  if (!trace.tls) throw new Error('no TLS');
  return trace.tls;
};

interface Found {
  readonly bytes: string;
  readonly isOpen: boolean;
}

/** Application records of the server by their place in its stream. */
const applicationRecords = (trace: Trace): Map<number, Found> => {
  const tls = tlsOf(trace);
  const contents = contentsOf(trace, tls);
  const found = new Map<number, Found>();
  for (let r = 0; r < tls.recordCount; r++) {
    if (tls.records.up[r] === 1 || tls.records.type[r] !== ContentType.ApplicationData) continue;
    const content = tls.records.content[r] === -1 ? null : contents.record(r);
    found.set(tls.records.at[r] as number, {
      bytes: Buffer.from(content ?? []).toString('latin1'),
      isOpen: tls.records.problem[r] === 0,
    });
  }
  return found;
};

const download = async (tls: Tls, flow: Partial<Flow> = {}): Promise<Uint8Array> => {
  const requests = [{ id: 'all', requestBytes: 67, responseBytes: 300_000 }];
  const trace = await playSecure(scenarioFor(tls, { mbps: 50 }, { requests, ...flow }));
  await prepareBytes(trace);
  return writePcapng(trace);
};

const suites: readonly (readonly [string, Tls])[] = [
  ['1.2, AES-128', { version: '1.2' }],
  ['1.2, ChaCha20', { version: '1.2', suite: 'chacha20' }],
  ['1.3, AES-256', { version: '1.3' }],
  ['1.3, ChaCha20', { version: '1.3', suite: 'chacha20' }],
  ['1.3, many small records', { version: '1.3', recordSizeLimit: 500 }],
];

describe('a capture that lacks packets', () => {
  it.each(suites)('%s: is read on at the next record that is sure, under its right number', async (_, tls) => {
    const file = await download(tls);
    const whole = applicationRecords(await opened(file));
    // Single packets and a long stretch in the middle of the answer.
    const stretch = Array.from({ length: 40 }, (__, k) => 150 + k);
    const trace = await opened(without(file, [60, 61, 90, ...stretch]));
    const rest = applicationRecords(trace);
    expect(rest.size).toBeGreaterThan(0.3 * whole.size);
    expect(rest.size).toBeLessThan(whole.size);
    for (const [at, record] of rest) expect(record, String(at)).toEqual(whole.get(at));
    const last = Math.max(...whole.keys());
    expect(rest.get(last)).toEqual(whole.get(last));
    expect(trace.warnings.filter((w) => w.includes('TLS from the server'))).toEqual([
      expect.stringMatching(/is read up to byte \d+: the capture lacks bytes behind it; it is read on/) as string,
    ]);
    expect(tlsOf(trace).flows[0]?.why).toEqual([]);
  });

  it('lacks the end of the handshake: the answer is found all the same', async () => {
    const file = await download({ version: '1.3' });
    const whole = applicationRecords(await opened(file));
    // Certificate and Finished of the server.
    const rest = applicationRecords(await opened(without(file, [7])));
    const open = [...rest.values()].filter(({ isOpen }) => isOpen);
    expect(open.length).toBeGreaterThan(10);
    for (const [at, record] of rest) if (record.isOpen) expect(record).toEqual(whole.get(at));
  });

  it('says so where too much is missing to find the number', async () => {
    const file = await download({ version: '1.3', recordSizeLimit: 64 });
    const stretch = Array.from({ length: 180 }, (_, k) => 30 + k);
    const trace = await opened(without(file, stretch));
    expect(tlsOf(trace).flows[0]?.why).toEqual([
      expect.stringMatching(/^\d+ records not decrypted: .*its number under the key could not be found$/) as string,
    ]);
    // Up to there everything is open, and what the client sent has no gap.
    const { up, problem } = tlsOf(trace).records;
    expect(problem[0]).toBe(0);
    for (let r = 0; r < tlsOf(trace).recordCount; r++) if (up[r] === 1) expect(problem[r]).toBe(0);
  });

  it('finds its number again behind a later gap, where one stretch could not be placed', async () => {
    const file = await download({ version: '1.3', recordSizeLimit: 64 });
    const whole = applicationRecords(await opened(file));
    // Too much is missing at first: more numbers than are tried. A second gap follows; the search goes on from there.
    const stretch = Array.from({ length: 100 }, (_, k) => 30 + k);
    const trace = await opened(without(file, [...stretch, 150, 151]));
    const rest = [...applicationRecords(trace)];
    expect(rest.filter(([, { isOpen }]) => !isOpen).length).toBeGreaterThan(10);
    for (const [at, record] of rest) if (record.isOpen) expect(record, String(at)).toEqual(whole.get(at));
    expect(rest.at(-1)?.[1].isOpen).toBe(true);
  });

  it('and lacks every other one: short records between them are still found', async () => {
    const file = await download({ version: '1.3' });
    const every = Array.from({ length: 200 }, (_, k) => 2 * k + 20);
    const trace = await opened(without(file, every));
    expect(tlsOf(trace).recordCount).toBeGreaterThan(3);
  });
});

describe('a capture without secrets', () => {
  const cryptography = '../../src/wire/tls/crypto/noble.ts';
  afterEach(() => {
    vi.doUnmock(cryptography);
    vi.resetModules();
  });

  it('needs no cryptography', async () => {
    const DECRYPTION_SECRETS = 10;
    const file = await download({ version: '1.3' });
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    let at = 0;
    while (view.getUint32(at, true) !== DECRYPTION_SECRETS) at += view.getUint32(at + 4, true);
    const behind = at + view.getUint32(at + 4, true);
    const closed = new Uint8Array([...file.subarray(0, at), ...file.subarray(behind)]);
    // Readers of their own: those of other tests have loaded it long ago.
    vi.resetModules();
    const loaded = vi.fn();
    vi.doMock(cryptography, async (original) => {
      loaded();
      return original();
    });
    const { openCapture: readAnew } = await import('../../src/format/open.ts');
    const trace = await readAnew('x.pcapng', closed);
    if (!trace.ok) throw new Error(trace.problems[0]?.what);
    expect(tlsOf(trace.value.trace).flows[0]).toMatchObject({
      version: 0x0304,
      opened: 0,
      serverName: 'www.roundtrip.test',
    });
    expect(loaded).not.toHaveBeenCalled();
    await readAnew('x.pcapng', file);
    expect(loaded).toHaveBeenCalledTimes(1);
  });
});

describe('the machine’s cipher and ours', () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each(suites)('%s: open the same bytes, and refuse the same', async (_, tls) => {
    const file = await download({ ...tls, ...(tls.version === '1.3' ? { keyUpdateAfter: 50_000 } : {}) });
    // A byte of the answer was changed on the way.
    const changed = file.slice();
    const at = changed.length >> 1;
    changed[at] = (changed[at] ?? 0) ^ 0x40;
    for (const one of [file, changed, without(file, [100])]) {
      vi.unstubAllGlobals();
      const theirs = await opened(one);
      vi.stubGlobal('crypto', undefined);
      const ours = await opened(one);
      expect(tlsOf(theirs).records).toEqual(tlsOf(ours).records);
      expect(Buffer.compare(tlsOf(theirs).plain, tlsOf(ours).plain)).toBe(0);
      expect(tlsOf(theirs).flows).toEqual(tlsOf(ours).flows);
      expect(tlsOf(ours).flows[0]?.closed).toBeGreaterThan(18);
    }
  });

  it('asks the machine where it is worth it, and only for AES', async () => {
    const decrypt = vi.spyOn(globalThis.crypto.subtle, 'decrypt');
    await opened(await download({ version: '1.3' }));
    expect(decrypt.mock.calls.length).toBeGreaterThan(15);
    decrypt.mockClear();
    await opened(await download({ version: '1.3', suite: 'chacha20' }));
    expect(decrypt).not.toHaveBeenCalled();
  });
});
