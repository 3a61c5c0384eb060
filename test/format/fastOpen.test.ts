import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/base/result.ts';
import { play } from '../../src/engine/network/layers.ts';
import { openCapture } from '../../src/format/open.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { packetBytes } from '../../src/packet/bytes.ts';
import { packetLabel } from '../../src/packet/label.ts';
import { packetLayers } from '../../src/packet/layers.ts';
import { prepareBytes } from '../../src/packet/made.ts';
import { whySentences } from '../../src/packet/why.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import type { ScenarioInput } from '../../src/scenario/schema.ts';
import { summarize } from '../../src/trace/summary.ts';
import { PacketKind } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';
import { describeWithTshark, tsharkFields } from '../support/tshark.ts';

type Flow = ScenarioInput['flows'][number];
type Loss = NonNullable<ScenarioInput['path']>['loss'];

const run = async (flow: Partial<Flow>, loss: Loss = []): Promise<Trace> => {
  const checked = validateScenario({
    roundtrip: 1,
    path: { rttMs: 40, mbps: 20, loss },
    flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 5000 }], ...flow }],
  });
  if (!checked.ok) throw new Error(explain(checked.problems));
  const trace = await play(checked.value);
  await prepareBytes(trace);
  return trace;
};

const capture = async (trace: Trace): Promise<Trace> => {
  const opened = await openCapture('own.pcapng', writePcapng(trace, 'client'));
  if (!opened.ok) throw new Error(explain(opened.problems));
  return opened.value.trace;
};

const cases = {
  cookie: () => run({ tcp: { fastOpen: 'cookie' } }),
  'the SYN is lost': () => run({ tcp: { fastOpen: 'cookie' } }, [{ dir: 'up', packets: [1] }]),
  rejected: () => run({ tcp: { fastOpen: 'rejected' } }),
  request: () => run({ tcp: { fastOpen: 'request' } }),
  'a request of four segments': () =>
    run({ requests: [{ id: 'all', requestBytes: 5000, responseBytes: 5000 }], tcp: { fastOpen: 'cookie' } }),
  'TLS 1.3': () => run({ tls: { version: '1.3' }, tcp: { fastOpen: 'cookie' } }),
  'HTTP/2 in early data': () =>
    run({ http: { version: '2' }, tls: { version: '1.3', resume: '0rtt' }, tcp: { fastOpen: 'cookie' } }),
} as const;

describe('a run with Fast Open and its own capture', () => {
  it.each(Object.entries(cases))('%s: the bytes are as long as the size says, and tell the same', async (_, make) => {
    const trace = await make();
    for (let i = 0; i < trace.packetCount; i++) expect(packetBytes(trace, i).length).toBe(trace.packets.size[i]);
    const [own, read] = [trace, await capture(trace)].map((one) => {
      const [flow] = summarize(one).flows;
      const p = one.packets;
      return {
        firstByteMs: flow?.firstByteMs,
        completionMs: flow?.completionMs,
        packets: flow?.packets.up,
        data: flow?.data,
        retransmitted: flow?.retransmitted,
        stream: Array.from({ length: one.packetCount }, (__, i) => [p.kind[i], p.seq[i], p.offset[i], p.payload[i]]),
      };
    });
    if (_ === 'the SYN is lost') {
      // A capture at the client shows what it sent, lost or not.
      expect(read?.stream).toEqual(own?.stream);
      return;
    }
    expect(read).toEqual(own);
  });

  it('a SYN with data is a SYN, and says what it carries; its option is there field by field', async () => {
    const trace = await cases.cookie();
    expect(trace.packets.kind[0]).toBe(PacketKind.Syn);
    expect([trace.packets.payload[0], trace.packets.offset[0], trace.packets.size[0]]).toEqual([100, 0, 172]);
    expect(packetLabel(trace, 0)).toBe('SYN + data');
    const tcp = packetLayers(trace, 0).find((layer) => layer.id === 'tcp');
    const option = tcp?.fields.find((field) => field.id === 'tcp.option.fastOpen');
    expect(option?.rfc).toBe('RFC 7413 §4.1.1');
    expect(option?.parts.map(({ name, bits }) => [name, bits])).toEqual([
      ['Kind', 8],
      ['Length', 8],
      ['Cookie', 64],
    ]);
    expect(packetLayers(trace, 0).at(-1)?.summary).toBe('100 bytes');
  });

  it('the panel says why the data of a refused SYN went again', async () => {
    const trace = await cases.rejected();
    const again = Array.from({ length: trace.packetCount }, (_, i) => i).find(
      (i) => trace.packets.retransmissionOf[i] === 0,
    );
    expect(whySentences(trace, again ?? -1).map(({ text }) => text)).toContain(
      'the SYN arrived, but the server did not take its data',
    );
  });

  it('the hello is named on the SYN, and that more goes with it', async () => {
    const early = await run({ tls: { version: '1.3', resume: '0rtt' }, tcp: { fastOpen: 'cookie' } });
    expect(packetLabel(early, 0)).toBe('SYN + ClientHello …');
    expect(packetLabel(await cases['TLS 1.3'](), 0)).toBe('SYN + ClientHello');
  });
});

describeWithTshark('Fast Open as tshark reads it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roundtrip-fast-open-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const fields = ['tcp.len', 'tcp.options.tfo.request', 'tcp.options.tfo.cookie', 'tcp.ack', '_ws.malformed'] as const;
  const read = (trace: Trace): string[][] => {
    const path = join(folder, 'run.pcapng');
    writeFileSync(path, writePcapng(trace, 'client'));
    return tsharkFields(path, fields).slice(0, 2);
  };

  it('cookie: SYN with 8 bytes of cookie and the data; the SYN-ACK acknowledges both', async () => {
    const [syn, answer] = read(await cases.cookie());
    expect([syn?.[0], syn?.[2]?.length]).toEqual(['100', 16]);
    expect(answer).toEqual(['0', '', '', '101', '']);
  });

  it('request: an empty option, and a cookie comes back', async () => {
    const [syn, answer] = read(await cases.request());
    expect([syn?.[0], syn?.[1], syn?.[2]]).toEqual(['0', '1', '']);
    expect([answer?.[2]?.length, answer?.[3]]).toEqual([16, '1']);
  });

  it('rejected: the new cookie is another one', async () => {
    const [syn, answer] = read(await cases.rejected());
    expect(answer?.[2]).not.toBe(syn?.[2]);
    expect([answer?.[2]?.length, answer?.[3]]).toEqual([16, '1']);
  });
});
