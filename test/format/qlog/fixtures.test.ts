import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explain } from '../../../src/base/result.ts';
import { openLogs } from '../../../src/format/qlog/open.ts';
import { summarize } from '../../../src/trace/summary.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { readTsv } from '../files.ts';
import { textOf, traceOf } from './files.ts';

/** Packets of a log, counted in the plainest way. */
const packetsIn = (text: string): number => [...text.matchAll(/"(?:[a-z]+:)?packet_(?:sent|received)"/gi)].length;

/** What each file of the folder comes to: requests as [id, body or stream bytes, completion in ms]. */
const expected: Readonly<Record<string, { readonly form: string; readonly flows: number; readonly says: RegExp }>> = {
  'incursa__captured-quic-sequential.sqlog': {
    form: 'JSON-SEQ urn:ietf:params:qlog:file:sequential',
    flows: 1,
    says: /no round trip/,
  },
  'pcap2qlog__draft01-multi_stream.qlog': { form: 'JSON draft-01', flows: 1, says: /between the ends.*163 ms/ },
  'pcap2qlog__draft01-spin_bit.qlog': { form: 'JSON draft-01', flows: 1, says: /spin_bit_update \(8\)/ },
  'pcap2qlog__draft02-ngtcp2-29-dsb.qlog': { form: 'JSON draft-02-wip', flows: 2, says: /between the ends/ },
  'picoquic__binlog_ref.qlog': { form: 'JSON draft-00', flows: 1, says: /18 frames that are not read: bdp \(2\)/ },
  'quicgo-one-100k-client.qlog': { form: 'NDJSON draft-02', flows: 1, says: /log of the client only/ },
  'quicgo-one-100k-server.qlog': { form: 'NDJSON draft-02', flows: 1, says: /log of the server only/ },
  'qvis__draft-00-quictrace_example_github.qlog': { form: 'JSON draft-00', flows: 1, says: /log of the server only/ },
  'qvis__draft-01-parallel_10_50KB_f5.qlog': { form: 'JSON draft-01', flows: 1, says: /spin_bit_updated \(395\)/ },
};

const isSound = (trace: Trace): void => {
  const { packets: p, quic } = trace;
  for (let i = 0; i < trace.packetCount; i++) {
    expect(p.arrived[i]).toBeGreaterThanOrEqual(p.sent[i] as number);
    expect(Number.isInteger(p.sent[i]) && Number.isInteger(p.arrived[i])).toBe(true);
    if (i > 0) expect(p.sent[i]).toBeGreaterThanOrEqual(p.sent[i - 1] as number);
  }
  expect(p.sent[0]).toBe(0);
  expect(quic?.packetsOf[trace.packetCount]).toBe(quic?.packetCount);
};

describeWithFixtures('qlog files of other tools', (folder) => {
  const names = readdirSync(join(folder, 'qlog'));
  const told = readTsv(join(folder, 'QLOG.tsv'));

  it('are all known here', () => {
    expect(names).toEqual(Object.keys(expected).sort());
    expect(new Set(told.map((row) => row['file']))).toEqual(new Set(names));
  });

  it.each(Object.entries(expected))('%s opens, every packet of it', async (name, { form, flows, says }) => {
    const path = join(folder, 'qlog', name);
    const opened = await openLogs([{ name, bytes: readFileSync(path) }]);
    if (!opened.ok) throw new Error(explain(opened.problems));
    const { trace } = opened.value;
    expect(opened.value.form).toBe(form);
    expect(trace.flows).toHaveLength(flows);
    expect(trace.quic?.packetCount).toBe(packetsIn(textOf(path)));
    expect(trace.warnings.join('\n')).toMatch(says);
    const row = told.find((one) => one['file'] === name);
    expect(form.split(' ')[0]).toBe(row?.['form']?.split(' ')[0]);
    isSound(trace);
  });

  it('aioquic: HTTP/3 names the paths, and 50,000 bytes of body on each of ten streams', async () => {
    const trace = await traceOf(join(folder, 'qlog', 'qvis__draft-01-parallel_10_50KB_f5.qlog'));
    const { requests } = summarize(trace).flows[0] ?? { requests: [] };
    expect(requests.map(({ bytes }) => bytes)).toEqual(Array.from({ length: 10 }, () => 50_000));
    expect(new Set(trace.requests.map(({ path }) => path))).toEqual(new Set(['/50000']));
    expect(trace.http?.unitCount).toBe(83);
  });

  it('quic-go: both logs make one flow, 8 µs between the clocks of one machine', async () => {
    const trace = await traceOf(
      join(folder, 'qlog', 'quicgo-one-100k-client.qlog'),
      join(folder, 'qlog', 'quicgo-one-100k-server.qlog'),
    );
    expect(trace.warnings.join('\n')).toContain('The server’s clock is 0.0081 ms behind; shown corrected');
    expect(trace.flows.map(({ name }) => name)).toEqual(['127.0.0.1:33887 → 127.0.0.1:6121']);
    // Every instant of either end was measured, but for what only one log has.
    const { quality } = trace.packets;
    expect(quality.filter((bits) => bits === 5)).toHaveLength(trace.packetCount);
    expect(trace.epoch).toMatch(/^17952468972262629\d\d$/);
  });

  it('pcap2qlog: a Retry in the first trace, what followed in the second, on one clock', async () => {
    const trace = await traceOf(join(folder, 'qlog', 'pcap2qlog__draft02-ngtcp2-29-dsb.qlog'));
    const second = trace.packets.flow.findIndex((flow) => flow === 1);
    // The reference times lie 1.4248 ms apart (seconds, whatever the unit says); the client is half a ms from the log.
    expect(Math.abs((trace.packets.sent[second] as number) - 924_800)).toBeLessThan(1000);
  });
});
