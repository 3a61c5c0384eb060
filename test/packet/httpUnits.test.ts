import { describe, expect, it } from 'vitest';
import { packetCut } from '../../src/packet/http/cut.ts';
import { httpLabel, unitLabel } from '../../src/packet/http/label.ts';
import { tableAt } from '../../src/packet/http/tableAt.ts';
import { compressionOf } from '../../src/packet/http/tables.ts';
import { unitsIn } from '../../src/packet/http/units.ts';
import { packetBytes } from '../../src/packet/bytes.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { HttpKind } from '../../src/trace/http.ts';
import { isUpward } from '../../src/trace/direction.ts';
import type { Trace } from '../../src/trace/types.ts';
import { HpackDecoder } from '../../src/wire/hpack/decoder.ts';
import { FrameReader } from '../../src/wire/http2/reader.ts';
import { playHttp, sized } from '../engine/http/runs.ts';
import { writeApplication } from '../../src/packet/payload.ts';
import { unitSize } from '../../src/wire/http/session.ts';

const requests = sized(12_000, 40_000, 3000).map((one) => ({ ...one, path: `/${one.id ?? ''}` }));
const h2 = (tls: '1.3' | 'none'): Promise<Trace> =>
  playHttp({ tls: { version: tls }, http: { version: '2' }, requests }, { rttMs: 40, mbps: 20 });

const payloads = (trace: Trace): number[] =>
  Array.from({ length: trace.packetCount }, (_, i) => i).filter((i) => (trace.packets.payload[i] ?? 0) > 0);

describe('the frames of a packet', () => {
  it('in the clear: they fill its payload without a gap, and each frame is somewhere whole', async () => {
    const trace = await h2('none');
    const covered = new Map<number, number>();
    for (const packet of payloads(trace)) {
      const parts = unitsIn(trace, packet);
      const from = trace.packets.offset[packet] ?? 0;
      let at = from;
      for (const part of parts) {
        expect(part.from).toBe(at);
        at = part.to;
        covered.set(part.unit, (covered.get(part.unit) ?? 0) + part.to - part.from);
      }
      expect(at).toBe(from + (trace.packets.payload[packet] ?? 0));
    }
    for (let unit = 0; unit < (trace.http?.unitCount ?? 0); unit++)
      expect(covered.get(unit)).toBe(trace.http?.units.size[unit]);
  });

  it('have names: the stream, and what was asked for', async () => {
    const trace = await h2('1.3');
    const labels = Array.from({ length: trace.http?.unitCount ?? 0 }, (_, unit) => unitLabel(trace, unit));
    expect(labels).toContain('HEADERS 1 · GET /r1');
    expect(labels).toContain('DATA 5');
    expect(labels).toContain('SETTINGS');
    const asked = payloads(trace).find((packet) => httpLabel(trace, packet).includes('HEADERS 1 · GET'));
    expect(packetLabel(trace, asked ?? -1)).toMatch(/^#\d+ HEADERS 1 · GET \/r1/);
  });

  it('of HTTP/1 are its messages', async () => {
    const trace = await playHttp({ http: { version: '1.1' }, requests }, { rttMs: 40, mbps: 20 });
    const labels = payloads(trace).map((packet) => httpLabel(trace, packet));
    expect(labels).toContain('GET /r1');
    expect(labels.some((label) => label.startsWith('200 OK · /r2'))).toBe(true);
  });
});

describe('packetization', () => {
  it('packet, records and frames cut the same bytes; the parts of each row are in order and apart', async () => {
    const trace = await h2('1.3');
    await prepareBytes(trace);
    let threefold = 0;
    for (const packet of payloads(trace)) {
      const size = packetBytes(trace, packet).length;
      const rows = packetCut(trace, packet, size);
      if (rows.length === 3) threefold++;
      for (const { parts } of rows) {
        let at = 0;
        for (const part of parts) {
          expect(part.from).toBeGreaterThanOrEqual(at);
          expect(part.to).toBeGreaterThan(part.from);
          at = part.to;
        }
        expect(at).toBeLessThanOrEqual(size);
      }
      const layers = new Set(packetLayers(trace, packet).map(({ id }) => id));
      for (const { parts } of rows.slice(1)) for (const { layer } of parts) expect(layers).toContain(layer);
    }
    expect(threefold).toBeGreaterThan(20);
  });

  it('a frame in the clear has its fields on its own bits, an encrypted one on its record’s part', async () => {
    for (const [tls, exact] of [
      ['none', true],
      ['1.3', false],
    ] as const) {
      const trace = await h2(tls);
      await prepareBytes(trace);
      const packet = payloads(trace).find((i) => httpLabel(trace, i).includes('HEADERS 1 · GET')) ?? -1;
      const layer = packetLayers(trace, packet).find(({ summary }) => summary === 'HEADERS 1 · GET /r1');
      const length = layer?.fields.find(({ id }) => id.endsWith('http2.length'));
      expect(length?.rfc).toMatch(/^RFC 9113 §/);
      expect((length?.bits ?? 0) === 24).toBe(exact);
      if (!exact || !layer || !length) continue;
      const bytes = packetBytes(trace, packet);
      const value =
        ((bytes[layer.from] ?? 0) << 16) | ((bytes[layer.from + 1] ?? 0) << 8) | (bytes[layer.from + 2] ?? 0);
      expect(length.value).toBe(String(value));
      expect(layer.fields.some(({ name, value: said }) => name === ':path' && said === '/r1')).toBe(true);
    }
  });
});

describe('the header tables', () => {
  it('are those of a decoder that reads the connection’s own bytes', async () => {
    const trace = await h2('1.3');
    for (const up of [true, false]) {
      const session = trace.flows[0]?.http;
      const units = (up ? session?.client : session?.server) ?? [];
      const bytes = new Uint8Array(units.reduce((sum, unit) => sum + unitSize(unit), 0));
      writeApplication(trace, 0, up, 0, bytes.length, bytes, 0);
      const compression = compressionOf(trace, 0, up);
      const decoder = new HpackDecoder();
      const said: string[] = [];
      for (const { block } of new FrameReader(up ? 'client' : 'server').push(bytes)) {
        const decoded = block && decoder.decode(block.block);
        if (decoded?.ok) said.push(...decoded.value.map(({ name, value }) => `${name}: ${value}`));
      }
      const fields = compression.blocks.flatMap((block) => block.fields);
      expect(fields.map(({ name, value }) => `${name}: ${value}`)).toEqual(said);
      const kept = compression.entries.filter(({ out }) => out < 0).map(({ name, value }) => ({ name, value }));
      expect(kept.reverse()).toEqual(decoder.table.snapshot());
      expect(said.length).toBeGreaterThan(10);
    }
  });

  it('an entry is inserted by a block and used by later ones, which are shorter for it', async () => {
    const { blocks, entries } = compressionOf(await h2('1.3'), 0, true);
    expect(entries.length).toBeGreaterThan(3);
    for (const { by, size, name, value } of entries) {
      expect(blocks.some(({ unit }) => unit === by)).toBe(true);
      expect(size).toBe(name.length + value.length + 32);
    }
    const bytesOf = (k: number): number => blocks[k]?.fields.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    expect(bytesOf(1)).toBeLessThan(bytesOf(0) / 2);
    expect(blocks[1]?.fields.some(({ from, how }) => from === 'dynamic' && how === 'indexed')).toBe(true);
    expect(blocks[1]?.before.entries.length).toBeGreaterThan(0);
    expect(blocks[0]?.before.entries).toEqual([]);
  });

  it('of HTTP/3: every section read as its encoder meant it, entries by the instructions that inserted them', async () => {
    const trace = await playHttp({ http: { version: '3' }, requests }, { rttMs: 40, mbps: 20 });
    for (const up of [true, false]) {
      const { kind, blocks, entries } = compressionOf(trace, 0, up);
      expect(kind).toBe('qpack');
      expect(blocks).toHaveLength(3);
      const first = up ? ':method' : ':status';
      for (const { fields } of blocks) expect(fields.some(({ name }) => name === first)).toBe(true);
      expect(entries.length).toBeGreaterThan(3);
      for (const { by } of entries) expect(trace.http?.units.kind[by]).toBe(HttpKind.Instruction);
      expect(blocks.flatMap(({ fields }) => fields).some(({ from }) => from === 'dynamic')).toBe(true);
    }
    const paths = compressionOf(trace, 0, true).blocks.map(
      ({ fields }) => fields.find(({ name }) => name === ':path')?.value,
    );
    expect(paths).toEqual(['/r1', '/r2', '/r3']);
    const late = tableAt(trace, compressionOf(trace, 0, false), trace.end);
    expect(late.entries.every(({ isOnItsWay }) => !isOnItsWay)).toBe(true);
    expect(late.entries.length + late.gone.length).toBe(compressionOf(trace, 0, false).entries.length);
  });

  it('up and down are apart', async () => {
    const trace = await h2('1.3');
    const up = compressionOf(trace, 0, true);
    const down = compressionOf(trace, 0, false);
    for (const [one, direction] of [
      [up, true],
      [down, false],
    ] as const)
      for (const { unit } of one.blocks) expect(trace.http?.units.up[unit] === 1).toBe(direction);
    expect(isUpward(trace, trace.http?.units.first[up.blocks[0]?.unit ?? 0] ?? -1)).toBe(true);
  });
});

describe('packetization of QUIC', () => {
  it('datagram, packets and frames share one axis; a frame of HTTP/3 knows whose it is', async () => {
    const trace = await playHttp({ http: { version: '3' }, requests }, { rttMs: 40, mbps: 20 });
    await prepareBytes(trace);
    let named = 0;
    for (let packet = 0; packet < trace.packetCount; packet += 3) {
      const size = packetBytes(trace, packet).length;
      const layers = packetLayers(trace, packet);
      const rows = packetCut(trace, packet, size, layers);
      expect(rows[0]?.name).toBe('Datagram');
      for (const { parts } of rows)
        for (const part of parts) {
          expect(part.to).toBeLessThanOrEqual(size);
          expect(part.to).toBeGreaterThan(part.from);
          if (part.request >= 0) named++;
        }
    }
    expect(named).toBeGreaterThan(5);
  });
});
