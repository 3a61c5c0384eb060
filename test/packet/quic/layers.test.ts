import { beforeAll, describe, expect, it, test } from 'vitest';
import { packetBytes } from '../../../src/packet/bytes.ts';
import { packetLabel } from '../../../src/packet/label.ts';
import { packetLayers } from '../../../src/packet/layers.ts';
import type { Layer } from '../../../src/packet/layers.ts';
import { prepareBytes } from '../../../src/packet/made.ts';
import type { Trace } from '../../../src/trace/types.ts';
import type { Field } from '../../../src/wire/field.ts';
import { PageRun, request, settings } from '../../engine/http3/pages.ts';
import { capturedOf, closedOf, toldOf } from '../../support/quicCaptured.ts';
import { httpTraceOf, quicTraceOf } from '../../support/quicTrace.ts';
import { quicVariants } from '../../support/quicVariants.ts';

const traceOf = async (name: string): Promise<Trace> => {
  const found = quicVariants.find((one) => one.name === name);
  if (!found) throw new Error(name);
  const trace = quicTraceOf(found.run());
  await prepareBytes(trace);
  return trace;
};
const pageOf = async (lose: number[] = []): Promise<Trace> => {
  const run = new PageRun(settings([0, 1, 2].map((i) => request(i, 3000))), { lose: { server: lose } }).run();
  const trace = httpTraceOf({ pair: run.pair, http: run.both.log });
  await prepareBytes(trace);
  return trace;
};

const outer = /^(link|ip|udp|quic|other)/;
const every = (fields: readonly Field[]): Field[] => fields.flatMap((field) => [field, ...every(field.parts)]);
const layer = (trace: Trace, packet: number, id: string): Layer => {
  const found = packetLayers(trace, packet).find((one) => one.id === id);
  if (!found) throw new Error(`${id} of ${String(packet)}`);
  return found;
};
const said = (trace: Trace, packet: number, id: string, field: string): [string, string] | undefined => {
  const found = layer(trace, packet, id).fields.find((one) => one.id === field);
  return found && [found.value, found.meaning];
};
const packets = (trace: Trace): number[] => Array.from({ length: trace.packetCount }, (_, i) => i);

test.each(quicVariants)(
  '$name: layers lie end to end, what is inside lies inside, no two lines are one',
  async ({ name }) => {
    const trace = await traceOf(name);
    for (const i of packets(trace)) {
      const layers = packetLayers(trace, i);
      let place = 0;
      for (const one of layers.filter(({ id }) => outer.test(id))) {
        expect(one.from).toBe(place);
        place += one.length;
      }
      expect(place).toBe(trace.packets.size[i]);
      const quic = layers.filter(({ id }) => id.startsWith('quic'));
      for (const one of layers) {
        for (const field of every(one.fields)) {
          expect(field.bit, field.id).toBeGreaterThanOrEqual(one.from * 8);
          expect(field.bit + field.bits, field.id).toBeLessThanOrEqual((one.from + one.length) * 8);
        }
        if (!outer.test(one.id))
          expect(quic.some(({ from, length }) => one.from >= from && one.from + one.length <= from + length)).toBe(
            true,
          );
      }
      const ids = [...layers.map(({ id }) => id), ...layers.flatMap(({ fields }) => fields.map(({ id }) => id))];
      expect(new Set(ids).size).toBe(ids.length);
    }
  },
);

describe('a handshake', () => {
  let trace: Trace;
  beforeAll(async () => {
    trace = await traceOf('Retry');
  });

  it('Initial: ids, version, number as it was and as it is sent, frames where their bytes are', () => {
    expect(said(trace, 0, 'quic', 'quic.version')).toEqual(['QUIC 1', '0x00000001']);
    expect(said(trace, 0, 'quic', 'quic.number')?.[0]).toBe('0');
    expect(said(trace, 0, 'quic', 'quic.frame')?.[0]).toMatch(/^\d+ bytes of TLS from 0 on$/);
    const { fields, summary } = layer(trace, 0, 'quic');
    expect(summary).toBe('number 0: CRYPTO, PADDING');
    const payload = fields.find(({ id }) => id === 'quic.payload');
    const frames = fields.filter(({ id }) => /^quic\.(frame|padding)(\.\d+)?$/.test(id));
    expect(frames[0]?.bit).toBe(payload?.bit);
    expect(frames.reduce((sum, { bits }) => sum + bits, 0)).toBe(payload?.bits);
  });

  it('CRYPTO: TLS messages with QUIC’s settings; one that goes on has its fields where it ends', () => {
    expect(layer(trace, 0, 'tls').summary).toBe('ClientHello (SNI www.oracle.test)');
    const parameter = (i: number, id: string): (string | undefined)[] =>
      layer(trace, i, id)
        .fields.filter((one) => one.id.includes('.parameter'))
        .map(({ name }) => name);
    expect(parameter(0, 'tls')).toContain('initial_max_data');
    const inside = packetLayers(trace, 3).filter(({ id }) => id.startsWith('tls'));
    expect(inside.map(({ id, summary }) => [id, summary])).toEqual([
      ['tls', 'ServerHello'],
      ['tls.1', 'EncryptedExtensions'],
      ['tls.2', 'part of Certificate'],
    ]);
    expect(parameter(3, 'tls.1')).toContain('retry_source_connection_id');
    const certificate = layer(trace, 4, 'tls');
    expect(certificate.summary).toBe('Certificate');
    expect(certificate.fields.some(({ id }) => id.endsWith('.certificates'))).toBe(true);
  });

  it('Retry, version negotiation and reset have what they are about', async () => {
    expect(layer(trace, 1, 'quic').summary).toBe('a token of 32 bytes, to be brought back');
    expect(said(trace, 1, 'quic', 'quic.tag')?.[1]).toBe('shows that the Initial was seen');
    expect(said(trace, 2, 'quic', 'quic.token')).toEqual(
      said(trace, 1, 'quic', 'quic.token')?.map((text, k) =>
        k === 0 ? text : 'shows the server an address that it has seen',
      ),
    );
    expect(layer(await traceOf('version negotiation'), 1, 'quic').summary).toBe('offers QUIC 1');
    const reset = await traceOf('stateless reset');
    expect(said(reset, reset.packetCount - 1, 'quic', 'quic.token')?.[0]).toMatch(/^([0-9a-f]{2} ){15}[0-9a-f]{2}$/);
  });

  it('key phases turn', async () => {
    const updated = await traceOf('key updates');
    const phases = packets(updated).flatMap((i) => said(updated, i, 'quic', 'quic.keyPhase')?.[0] ?? []);
    expect(phases.filter((phase, k) => phase !== phases[k - 1]).length).toBeGreaterThanOrEqual(3);
  });

  it('the checksum of UDP is right, and found wrong where a byte was changed', () => {
    expect(said(trace, 0, 'udp', 'udp.checksum')?.[1]).toBe('right');
    const captured = capturedOf(trace);
    const bytes = captured.captured?.bytes;
    if (bytes) bytes[100] = (bytes[100] ?? 0) ^ 1;
    expect(said(captured, 0, 'udp', 'udp.checksum')?.[1]).toBe('wrong');
  });
});

describe('HTTP/3', () => {
  it('settings, table instructions, sections with names out of the table, and data over several packets', async () => {
    const trace = await pageOf();
    const all = packets(trace).flatMap((i) => packetLayers(trace, i).filter(({ id }) => id.startsWith('http')));
    const summaries = all.map(({ summary }) => summary);
    for (const line of [
      'control stream on stream 2',
      'SETTINGS on stream 3',
      'QPACK encoder stream on stream 6',
      '12 instructions on stream 6',
      'HEADERS on stream 8',
      'DATA on stream 0, begins here',
      'DATA on stream 0, goes on here',
      'DATA on stream 0, ends here',
    ])
      expect(summaries).toContain(line);
    const request8 = all.find(({ summary }) => summary === 'HEADERS on stream 8');
    const lines = request8?.fields
      .filter(({ id }) => id.includes('.qpack.'))
      .map(({ name, value }) => `${name}: ${value}`);
    expect(lines).toContain(':path: /r2.bin');
    expect(lines).toContain(':authority: rig.test');
    expect(lines?.join(' ')).not.toContain('unknown');
    // Every byte of content is on some packet, once.
    const data = all.filter(({ summary }) => summary.startsWith('DATA on stream 4'));
    const bits = data.flatMap(({ fields }) => fields.filter(({ id }) => /\.data$/.test(id)));
    expect(bits.reduce((sum, field) => sum + field.bits, 0)).toBe(3000 * 8);
  });

  it('what a section needs of the table is known though the packet with it was lost and came later', async () => {
    const trace = await pageOf([5, 6]);
    const sections = packets(trace)
      .flatMap((i) => packetLayers(trace, i))
      .filter(({ summary }) => summary.startsWith('HEADERS'));
    expect(sections.length).toBeGreaterThan(5);
    expect(JSON.stringify(sections)).not.toContain('"value":"unknown"');
  });
});

describe('of a capture', () => {
  it.each([
    '1-RTT',
    'Retry',
    'with losses',
    'key updates',
    '0-RTT',
    'version negotiation',
    'stateless reset',
    'migration',
  ])('%s: the same layers and labels as of the run', async (name) => {
    const trace = await traceOf(name);
    const captured = capturedOf(trace);
    for (const i of packets(trace)) {
      expect(packetLabel(captured, i)).toBe(packetLabel(trace, i));
      expect(packetLayers(captured, i)).toEqual(packetLayers(trace, i));
    }
  });

  it('a page of HTTP/3, too', async () => {
    const trace = await pageOf([4, 7]);
    const captured = capturedOf(trace, 'h3');
    for (const i of packets(trace)) expect(packetLayers(captured, i)).toEqual(packetLayers(trace, i));
  });

  it('a packet that no key opens says why, and hides what is hidden', async () => {
    const captured = closedOf(capturedOf(await traceOf('1-RTT')), 10);
    const packet = captured.quic?.packets.datagram[10] ?? -1;
    const { summary, fields } = layer(captured, packet, 'quic');
    expect(summary).toBe('protected: no key is known');
    expect(fields.find(({ id }) => id === 'quic.closed')).toMatchObject({ meaning: 'no key is known' });
    expect(fields.find(({ id }) => id === 'quic.keyPhase')).toMatchObject({ value: 'hidden' });
    expect(fields.some(({ id }) => id === 'quic.number' || id.startsWith('quic.frame'))).toBe(false);
    expect(packetLabel(captured, packet)).toBe('1-RTT: protected');
  });

  it('cut at any byte: no error, and nothing outside of what is there', async () => {
    const captured = capturedOf(await traceOf('Retry'));
    for (const length of [20, 28, 29, 40, 60, 150, 400, 900]) {
      const lengths = captured.captured?.length.map((whole) => Math.min(whole, length));
      const cut = { ...captured, captured: { ...captured.captured, length: lengths } } as Trace;
      for (const i of [0, 1, 3, 5]) {
        const there = packetBytes(cut, i).length;
        for (const one of packetLayers(cut, i))
          expect(one.from + one.length, `${one.id} of ${String(i)}`).toBeLessThanOrEqual(there);
      }
    }
  });
});

it('told without bytes: the same packets and frames, which lie nowhere', async () => {
  const told = toldOf(await traceOf('Retry'));
  const layers = packetLayers(told, 3);
  expect(layers.map(({ id, name, length }) => [id, name, length])).toEqual([
    ['quic', 'QUIC Initial', 0],
    ['quic.1', 'QUIC Handshake', 0],
  ]);
  const [first] = layers;
  expect(first?.summary).toBe('number 0: ACK, CRYPTO');
  expect(first?.fields.find(({ id }) => id === 'quic.number')).toMatchObject({ value: '0', bits: 0 });
  expect(first?.fields.find(({ id }) => id === 'quic.frame.data')).toMatchObject({
    value: '90 bytes',
    meaning: 'not kept',
  });
  expect(first?.fields.some(({ id }) => id === 'quic.tag')).toBe(false);
});
