import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/base/result.ts';
import { play } from '../../src/engine/network/layers.ts';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { tableAt } from '../../src/packet/http/tableAt.ts';
import { compressionOf } from '../../src/packet/http/tables.ts';
import type { CodedField, Compression } from '../../src/packet/http/tables.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import type { Trace } from '../../src/trace/types.ts';
import { hasHeaders } from '../../src/view/headers/has.ts';
import { describeWithFixtures } from '../support/fixtures.ts';
import { readTsv } from '../format/files.ts';

const opened = async (path: string): Promise<Trace> => {
  const keys = existsSync(`${path}.keys`) ? readFileSync(`${path}.keys`, 'utf8') : '';
  const read = await openCapture(path, readFileSync(path), keys);
  if (!read.ok) expect.fail(explain(read.problems));
  return read.value.trace;
};

/** A run, and what its own capture with its secrets inside says of it. */
const bothOf = async (name: string): Promise<readonly [Trace, Trace]> => {
  const parsed = parseScenario(JSON.stringify(presets.find((one) => one.name === name)?.scenario));
  if (!parsed.ok) expect.fail(explain(parsed.problems));
  const trace = await play(parsed.value);
  await prepareBytes(trace);
  const read = await openCapture('own.pcapng', writePcapng(trace, 'client'));
  if (!read.ok) expect.fail(explain(read.problems));
  return [trace, read.value.trace];
};

/** Without numbers of rows, which differ: what a run sends beyond its capture. */
const told = ({ blocks, entries, kind, capacity }: Compression) => ({
  kind,
  capacity,
  blocks: blocks.map((block) => block.fields).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
  entries: entries.map(({ name, value, size, out }) => ({ name, value, size, isOut: out >= 0 })),
});

/** Fields that the inspector shows of a captured packet's header blocks, in order: "name: value". */
const shownIn = (trace: Trace, packet: number): string[] =>
  packetLayers(trace, packet)
    .filter(({ id }) => id.startsWith('http'))
    .flatMap(({ fields }) => fields)
    .filter(({ id }) => /\.(hpack|qpack)\.(indexed|literal)/.test(id))
    .map(({ name, value }) => `${name}: ${value}`);

describe('header tables of a capture with its secrets', () => {
  it.each(['http2', 'qpack-blocking', 'http3'])('%s: those of the run that it was written from', async (name) => {
    const [simulated, captured] = await bothOf(name);
    expect([hasHeaders(simulated), hasHeaders(captured)]).toEqual([true, true]);
    const { http: _gone, ...without } = captured;
    expect(hasHeaders(without)).toBe(false);
    for (const up of [true, false]) {
      const theirs = compressionOf(simulated, 0, up);
      const ours = compressionOf(captured, 0, up);
      expect(theirs.blocks.length, name).toBeGreaterThan(3);
      expect(told(ours)).toEqual(told(theirs));
      // The clock of the capture shows the tables fill.
      const end = captured.end;
      expect(tableAt(captured, ours, end).entries.length).toBe(
        tableAt(simulated, theirs, simulated.end).entries.length,
      );
      if (theirs.entries.length > 1)
        expect(tableAt(captured, ours, 0).entries.length).toBeLessThan(theirs.entries.length);
    }
  });

  it('a block that the capture lacks: its entries are named by their numbers, and the others keep theirs', async () => {
    const [, captured] = await bothOf('http2');
    const { http } = captured;
    if (!http) expect.fail('no HTTP');
    const [first, second] = compressionOf(captured, 0, true).blocks;
    const type = http.units.type.slice();
    type[first?.unit ?? 0] = 0xfe;
    const without = compressionOf({ ...captured, http: { ...http, units: { ...http.units, type } } }, 0, true)
      .blocks[0];
    const index = second?.fields.findIndex(({ from }) => from === 'dynamic') ?? -1;
    expect(without?.fields[index]?.name).toMatch(/^\(entry \d+, not in the capture\)$/);
    expect(without?.fields[index]?.from).toBe('dynamic');
    expect(without?.fields.find(({ name }) => name === ':path')?.value).toBe(
      second?.fields.find(({ name }) => name === ':path')?.value,
    );
  });

  it('the inspector shows the lines of a block, where they stand in the clear on their bytes', async () => {
    const [, captured] = await bothOf('http2');
    const asked = Array.from({ length: captured.packetCount }, (_, i) => shownIn(captured, i)).find(
      (list) => list.length > 0,
    );
    expect(asked).toContain(':method: GET');
    expect(asked?.some((line) => line.startsWith(':path: /'))).toBe(true);
  });
});

describeWithFixtures('header fields of captures', (folder) => {
  const http2 = [
    'suricata-verify__dns-over-http2-dns_over_https.pcap',
    'suricata-verify__http2-authority-mismatch-authority_and_host_2.pcap',
    'suricata-verify__http2-deflate-case-input.pcap',
    'suricata-verify__http2-deflate-http2_deflate.pcap',
    'suricata-verify__http2-range-http2-range.pcap',
    'wireshark__http2-brotli.pcapng',
  ];

  it.each(http2)('%s: table view and inspector have the names and values that tshark has', async (name) => {
    const path = join(folder, 'captures', 'http2', name);
    const trace = await opened(path);
    const theirs = readTsv(`${path}.tshark.fields.tsv`)
      .filter((row) => row['http2.header.name'])
      .map((row) => [row['http2.header.name'], row['http2.header.value']]);
    const ours: [number, readonly CodedField[]][] = [];
    trace.flows.forEach((_, flow) => {
      for (const up of [true, false])
        for (const { unit, fields } of compressionOf(trace, flow, up).blocks)
          ours.push([trace.http?.units.last[unit] ?? -1, fields]);
    });
    ours.sort(([a], [b]) => a - b);
    const fields = ours.flatMap(([, block]) => block);
    // tshark joins the blocks of a packet, and values have commas of their own.
    expect(fields.map((field) => field.name)).toEqual(theirs.flatMap(([names = '']) => names.split(',')));
    expect(fields.map(({ value }) => value).join(',')).toBe(theirs.map(([, values]) => values).join(','));
    const shown = Array.from({ length: trace.packetCount }, (_, i) => shownIn(trace, i)).flat();
    expect(shown).toEqual(fields.map(({ name: key, value }) => `${key}: ${value}`));
  });

  it('QUIC of ngtcp2: the paths that were asked for stand in the sections, the answers’ sizes too', async () => {
    const path = join(folder, 'quic', 'ngtcp2-cubic-Q4');
    const keys = readFileSync(join(path, 'keys.log'), 'utf8');
    const read = await openCapture('client.pcapng', readFileSync(join(path, 'client.pcapng')), keys);
    if (!read.ok) expect.fail(explain(read.problems));
    const { trace } = read.value;
    const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as { get: string[] };
    const valuesOf = (up: boolean, name: string): (string | undefined)[] =>
      compressionOf(trace, 0, up).blocks.map(({ fields }) => fields.find((field) => field.name === name)?.value);
    expect(valuesOf(true, ':path').sort()).toEqual(config.get.map((one) => `/${one}`).sort());
    expect(valuesOf(false, ':status')).toEqual(config.get.map(() => '200'));
    expect(
      valuesOf(false, 'content-length')
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(config.get.map((one) => Number(/-(\d+)\./.exec(one)?.[1])).sort((a, b) => a - b));
    // The dynamic tables of both ends are those whose insertions their encoder streams have.
    for (const up of [true, false])
      for (const { fields } of compressionOf(trace, 0, up).blocks)
        for (const { name } of fields) expect(name).not.toContain('not in the capture');
  });
});
