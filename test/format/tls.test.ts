import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../src/base/rng.ts';
import { openCapture, readCapture } from '../../src/format/open.ts';
import { readTls } from '../../src/format/tls/read.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { keptContents } from '../../src/packet/tls/contents.ts';
import { summarize } from '../../src/trace/summary.ts';
import { transferables } from '../../src/trace/transfer.ts';
import type { TraceTls, TlsFlow } from '../../src/trace/tls.ts';
import type { CapturedBytes, Trace } from '../../src/trace/types.ts';
import { ContentType } from '../../src/wire/tls/codes.ts';
import { suiteOf } from '../../src/wire/tls/crypto/suites.ts';
import { describeWithFixtures } from '../support/fixtures.ts';
import { capturesIn, readTsv } from './files.ts';
import { mutate } from './mutate.ts';

/** No TLS over TCP in them: OCSP over HTTP, SSL 2, DTLS. */
const WITHOUT = /ocsp-http-get|ocsp-response-only|ssl-v2|webrtc-stun|tls_change_cipher|retrans-tls/;

const open = async (folder: string, name: string, withKeys = true): Promise<Trace> => {
  const path = join(folder, 'captures/tls', name);
  const keys = withKeys && existsSync(`${path}.keys`) ? readFileSync(`${path}.keys`, 'utf8') : '';
  const opened = await openCapture(name, readFileSync(path), keys);
  if (!opened.ok) throw new Error(opened.problems[0]?.what);
  return opened.value.trace;
};

const tlsOf = (trace: Trace): TraceTls => {
  const tls = trace.tls;
  if (!tls) throw new Error('no TLS was found');
  return tls;
};

/** Asks everything of a trace that page and command would. */
const digest = (trace: Trace, step = 1): void => {
  summarize(trace);
  for (let i = 0; i < trace.packetCount; i += step) {
    expect(packetLabel(trace, i)).not.toBe('');
    const layers = packetLayers(trace, i);
    expect(new Set(layers.map((l) => l.id)).size).toBe(layers.length);
    for (const layer of layers) {
      expect(layer.from + layer.length).toBeLessThanOrEqual(trace.captured?.length[i] ?? 0);
      const keys = layer.fields.map((f) => `${f.id} ${String(f.bit)}`);
      expect(new Set(keys).size, keys.join(', ')).toBe(keys.length);
    }
  }
};

/** Content types of the records and handshake types of the messages that end in each packet, in order of packets. */
const found = (tls: TraceTls): { types: Map<number, number[]>; messages: Map<number, number[]> } => {
  const types = new Map<number, number[]>();
  const messages = new Map<number, number[]>();
  const push = (map: Map<number, number[]>, packet: number, value: number): void => {
    const list = map.get(packet);
    if (list) list.push(value);
    else map.set(packet, [value]);
  };
  for (let r = 0; r < tls.recordCount; r++) push(types, tls.records.last[r] as number, tls.records.inner[r] as number);
  for (let m = 0; m < tls.messageCount; m++) {
    const packet = tls.records.last[tls.messages.record[m] as number] as number;
    push(messages, packet, keptContents(tls).message(m)[0] as number);
  }
  return { types, messages };
};

const numbers = (cell: string | undefined): number[] => (cell ? cell.split(',').map(Number) : []);
const decrypts = (flow: TlsFlow): boolean =>
  flow.suite !== null && flow.refusal === null && suiteOf(flow.suite) !== null;

describeWithFixtures('captures of TLS', (folder) => {
  const names = capturesIn(folder, 'tls').filter((name) => !name.endsWith('.keys-noearly'));

  it('open, every one, and answer for every packet', async () => {
    for (const name of names) {
      const trace = await open(folder, name);
      expect(trace.tls === null, name).toBe(WITHOUT.test(name));
      digest(trace);
    }
    expect(names.length).toBeGreaterThan(60);
  }, 60_000);

  it('are opened where Wireshark opens them, with the same records, messages and requests', async () => {
    const compared: string[] = [];
    for (const name of names) {
      const answers = [`${name}.tshark.decrypted.fields.tsv`, `${name}.tshark.fields.tsv`];
      const answer = answers.map((n) => join(folder, 'captures/tls', n)).find((path) => existsSync(path)) ?? '';
      const isAnswered = answer.includes('.decrypted.') || name === 'wireshark__tls12-dsb.pcapng';
      if (!isAnswered) continue;
      const trace = await open(folder, name);
      const tls = tlsOf(trace);
      if (!tls.flows.some(decrypts)) {
        expect(tls.flows.flatMap((f) => f.why).join(' '), name).toMatch(/not decrypted/);
        continue;
      }
      for (const flow of tls.flows) expect([flow.opened, flow.why], name).toEqual([flow.closed, []]);
      const ours = found(tls);
      // A trace is in the order of sending, a file in that of the capture point.
      const { offset } = trace.captured as CapturedBytes;
      const frames = [...offset.keys()].sort((a, b) => (offset[a] as number) - (offset[b] as number));
      let records = 0;
      for (const row of readTsv(answer)) {
        const i = frames[Number(row['frame.number']) - 1] as number;
        const types = numbers(row['tls.record.content_type']);
        records += types.length;
        // tshark names a record's type once for each message in it, so repeats beside each other are one.
        const distinct = (list: readonly number[]): number[] => list.filter((t, k) => t !== list[k - 1]);
        if (types.length > 0)
          expect(distinct(ours.types.get(i) ?? []), `${name} frame ${String(i + 1)}`).toEqual(distinct(types));
        expect(ours.messages.get(i) ?? [], `${name} frame ${String(i + 1)}`).toEqual(
          numbers(row['tls.handshake.type']),
        );
        const [method, uri] = [row['http.request.method'], row['http.request.uri']];
        if (!method || !uri) continue;
        const texts = [...Array(tls.recordCount).keys()]
          .filter((r) => tls.records.last[r] === i && tls.records.inner[r] === ContentType.ApplicationData)
          .map((r) => new TextDecoder().decode(keptContents(tls).record(r) ?? new Uint8Array(0)));
        expect(texts.join(''), name).toContain(`${method} ${uri} HTTP/`);
      }
      expect(records).toBeGreaterThan(0);
      compared.push(name);
    }
    expect(compared).toEqual([
      'illustrated-tls13.pcap',
      'wireshark__tls12-dsb.pcapng',
      'wireshark__tls13-rfc8446.pcap',
      'zeek__tls-tls-1.2-stream-keylog.pcap',
      'zeek__tls-tls12-decryption.pcap',
    ]);
  }, 60_000);

  it('say what was agreed, and when the client could send under it', async () => {
    const trace = await open(folder, 'wireshark__tls13-rfc8446.pcap');
    const [full, resumed] = tlsOf(trace).flows;
    expect(full).toMatchObject({ version: 0x0304, suite: 0x1301, resumed: false, opened: 5, closed: 5 });
    expect(resumed).toMatchObject({ version: 0x0304, resumed: true, opened: 8, closed: 8 });
    const summary = summarize(trace).flows[0];
    expect(summary?.securedMs).toBeGreaterThan(summary?.connectedMs ?? Infinity);
    const named = tlsOf(await open(folder, 'zeek__tls-tls12-decryption.pcap')).flows[0];
    expect(named).toMatchObject({ version: 0x0303, suite: 0xc030, serverName: 'heise.de', alpn: 'http/1.1' });
    // Early data and its end have a key of their own (RFC 8446 §4.5); the rest opens without it.
    const early = await openCapture(
      'x',
      readFileSync(join(folder, 'captures/tls/wireshark__tls13-rfc8446.pcap')),
      readFileSync(join(folder, 'captures/tls/wireshark__tls13-rfc8446.pcap.keys-noearly'), 'utf8'),
    );
    if (!early.ok) throw new Error('not opened');
    const second = tlsOf(early.value.trace).flows[1];
    expect(second).toMatchObject({ closed: 8, opened: 6 });
    expect(second?.why).toEqual(['2 records not decrypted: no secret for it is known']);
  });

  it('stay closed without secrets, and say why', async () => {
    const closed = tlsOf(await open(folder, 'illustrated-tls13.pcap', false)).flows[0];
    expect(closed).toMatchObject({ opened: 0, closed: 9, why: ['9 records not decrypted: no secret for it is known'] });
    const [ccm] = tlsOf(await open(folder, 'wireshark__tls12-aes128ccm.pcap')).flows;
    expect(ccm?.why.join('')).toMatch(/^7 records not decrypted: .*only AES-GCM and ChaCha20-Poly1305 are\.$/);
  });

  it('show what a hidden certificate says, once it is opened', async () => {
    const trace = await open(folder, 'illustrated-tls13.pcap');
    const layers = [...Array(trace.packetCount).keys()].flatMap((i) => packetLayers(trace, i));
    const certificate = layers.find((l) => l.summary === 'Certificate');
    const value = (end: string): string | undefined => certificate?.fields.find((f) => f.id.endsWith(end))?.value;
    expect([value('x509.subject'), value('x509.issuer')]).toEqual([
      'C=US, CN=example.ulfheim.net',
      'C=US, O=Example CA',
    ]);
    expect([value('.type'), value('.inner'), value('.key')]).toEqual(['application_data', 'handshake', 'handshake']);
    const contents = layers.flatMap((l) => l.fields).filter((f) => f.id.endsWith('.content'));
    // Two changes of cipher, each of one byte in clear.
    expect(contents.map((f) => f.value)).toEqual(['01', '01', 'ping', 'pong']);
  });

  it('cross to the page whole', async () => {
    const trace = await open(folder, 'illustrated-tls13.pcap');
    const before = JSON.stringify([...tlsOf(trace).plain]);
    const there = structuredClone(trace, { transfer: transferables(trace) });
    expect(JSON.stringify([...tlsOf(there).plain])).toBe(before);
    digest(there);
  });

  it('survive two thousand mutations: a trace, or one sentence', async () => {
    const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 4_294_967_296);
    console.error(`tls: FUZZ_SEED=${String(seed)}`);
    const rng = new Rng(seed);
    const originals = names
      .filter((name) => !name.endsWith('.gz'))
      .map((name) => {
        const path = join(folder, 'captures/tls', name);
        const keys = existsSync(`${path}.keys`) ? readFileSync(`${path}.keys`, 'utf8') : '';
        return { bytes: new Uint8Array(readFileSync(path)), keys };
      })
      .filter(({ bytes }) => bytes.length < 30_000);
    let withTls = 0;
    for (let n = 0; n < 2000; n++) {
      const { bytes, keys } = originals[n % originals.length] as (typeof originals)[number];
      try {
        const opened = readCapture('fuzz', mutate(bytes, rng));
        if (!opened.ok) {
          expect(opened.problems).toHaveLength(1);
          continue;
        }
        const trace = await readTls(opened.value.trace, `${opened.value.keys}\n${keys}`);
        if (trace.tls) withTls++;
        for (const warning of trace.warnings) expect(warning).toMatch(/^[^\n]+$/);
        digest(trace, 1 + (trace.packetCount >> 4));
      } catch (error) {
        throw new Error(`mutation ${String(n)} of FUZZ_SEED=${String(seed)}`, { cause: error });
      }
    }
    console.error(`tls: ${String(withTls)} of 2,000 still with TLS`);
    expect(withTls).toBeGreaterThan(1000);
  }, 120_000);
});

describe('a capture without TLS', () => {
  it('is handed back as it was', async () => {
    const opened = readCapture('x.pcap', new Uint8Array(0));
    expect(opened.ok).toBe(false);
    const { story } = await import('../packet/story.ts');
    const { trace } = story();
    expect(await readTls(trace, '')).toBe(trace);
  });
});
