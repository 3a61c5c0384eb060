import { describe, expect, it } from 'vitest';
import { fromMs } from '../../src/base/time.ts';
import { play } from '../../src/engine/network/layers.ts';
import { compare } from '../../src/figure/compare/layout.ts';
import { roundTripText, rowOf } from '../../src/figure/compare/row.ts';
import { inputOf, layOut } from '../../src/figure/render.ts';
import { theme, themes } from '../../src/figure/theme.ts';
import { noFilter } from '../../src/figure/types.ts';
import type { Compared, Figure } from '../../src/figure/types.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { tlsChoices, withTls } from '../../src/scenario/ways.ts';
import { recordsIn } from '../../src/trace/query/records.ts';
import { isLost } from '../../src/trace/types.ts';
import type { Trace } from '../../src/trace/types.ts';

const scenarioOf = (name: string) => {
  const parsed = parseScenario(JSON.stringify(presets.find((p) => p.name === name)?.scenario));
  if (!parsed.ok) throw new Error(name);
  return parsed.value;
};
const runOf = (name: string): Promise<Trace> => play(scenarioOf(name));

const size = { theme: 'light', width: 1280, height: 480 } as const;
const words = (figure: Figure): string[] => figure.marks.flatMap((mark) => (mark.shape === 'text' ? [mark.text] : []));

describe('TLS in the sequence diagram', () => {
  it('1.3: each flight says what goes under which key, in the brackets of RFC 8446', async () => {
    const figure = layOut('sequence', await runOf('tls13'), size);
    const seen = words(figure);
    expect(seen).toContain('ClientHello (SNI www.roundtrip.test)');
    expect(seen).toContain('ServerHello, ChangeCipherSpec');
    expect(seen.join(' ')).toMatch(/\{EncryptedExtensions, Certificate,.*CertificateVerify, Finished\}/);
    expect(seen).toContain('{Finished}');
    expect(seen).toContain('[Application data 67 B]');
    expect(seen).toContain('{keys of the handshake}');
  });

  it('early data stands in round brackets, and its key is told', async () => {
    const seen = words(layOut('sequence', await runOf('early-data'), size));
    expect(seen).toContain('(Early data 67 B)');
    expect(seen).toContain('(EndOfEarlyData)');
    expect(seen).toContain('(key of early data)');
  });

  it('a wiretap sees names in the clear and sizes of the rest: the certificate of 1.2, not that of 1.3', async () => {
    const filter = { ...noFilter, observer: true };
    const old = words(layOut('sequence', await runOf('tls12'), { ...size, filter })).join(' ');
    const now = words(layOut('sequence', await runOf('tls13'), { ...size, filter })).join(' ');
    expect(old).toMatch(/\bCertificate\b/);
    expect(now).not.toMatch(/\bCertificate\b|Finished|NewSessionTicket|Application data/);
    expect(now).toContain('ClientHello (SNI www.roundtrip.test)');
    expect(now).toMatch(/encrypted, [\d,]+ B/);
    expect(now).not.toContain('keys of');
  });

  it('arrows have the colour of their key, and a wiretap’s only two', async () => {
    const trace = await runOf('tls13');
    const { epochs, mute } = theme('light');
    const colours = (observer: boolean): Set<string> => {
      const figure = layOut('sequence', trace, { ...size, filter: { ...noFilter, acks: false, observer } });
      const isData = (i: number): boolean => recordsIn(trace, i) !== null;
      return new Set(
        figure.marks.flatMap((mark) =>
          mark.shape === 'line' && mark.id?.kind === 'packet' && isData(mark.id.index) ? [mark.stroke.color] : [],
        ),
      );
    };
    expect(colours(false)).toEqual(new Set([epochs[0], epochs[2], epochs[3]]));
    expect(colours(true)).toEqual(new Set([epochs[0], mute]));
  });

  it('the keys are told apart in every theme', () => {
    for (const { epochs } of themes.values()) expect(new Set(epochs).size).toBe(4);
  });
});

describe('records in packets', () => {
  it('cover each packet’s bytes without a gap, and each record ends in one packet', async () => {
    for (const name of ['tls13', 'long-chain', 'hybrid-key-share', 'early-data']) {
      const trace = await runOf(name);
      const { tls, packets: p } = trace;
      if (!tls) throw new Error('no TLS');
      for (let i = 0; i < trace.packetCount; i++) {
        const range = recordsIn(trace, i);
        expect(range === null, `${name} ${String(i)}`).toBe(p.payload[i] === 0);
        if (!range) continue;
        expect(tls.records.at[range[0]]).toBeLessThanOrEqual(p.offset[i] as number);
        const last = range[1] - 1;
        const end = (tls.records.at[last] as number) + 5 + (tls.records.length[last] as number);
        expect(end).toBeGreaterThanOrEqual((p.offset[i] as number) + (p.payload[i] as number));
      }
      for (let r = 0; r < tls.recordCount; r++) expect(recordsIn(trace, tls.records.last[r] as number)).not.toBeNull();
    }
  });
});

describe('handshakes compared', () => {
  const rows = async (name: string): Promise<Compared[]> =>
    Promise.all(
      ['1.2', '1.3', '1.3 psk', '1.3 0rtt'].map(async (id) => {
        const choice = tlsChoices.find((one) => one.id === id)!;
        return {
          name: `TLS ${choice.name}`,
          trace: await play(withTls(scenarioOf(name), choice)),
          shown: id === '1.3',
        };
      }),
    );

  it('round trips to the first byte: 4, 3, 3 and 2 (RFC 5246 §7.3, RFC 8446 §2)', async () => {
    const compared = await rows('handshakes');
    expect(compared.map((run) => roundTripText(rowOf(run, 0, 100, 1).roundTrips))).toEqual([
      '4 RTT',
      '3 RTT',
      '3 RTT',
      '2 RTT',
    ]);
  });

  it('bars of the budget join, and the fastest has nothing behind its time', async () => {
    const compared = await rows('handshakes');
    const trace = compared[1]?.trace;
    if (!trace) throw new Error('no run');
    const figure = compare({ ...inputOf(trace, { ...size, to: fromMs(400) }), compared });
    const seen = words(figure);
    expect(seen.filter((text) => text.startsWith('TCP'))).toEqual(Array(4).fill('TCP 80 ms'));
    expect(seen.filter((text) => text.startsWith('TLS') && text.endsWith('ms'))).toEqual([
      'TLS 164 ms',
      'TLS 84 ms',
      'TLS 81 ms',
    ]);
    expect(seen.filter((text) => text.startsWith('done')).map((text) => /\(/.test(text))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const bars = figure.marks.flatMap((mark) =>
      mark.shape === 'rect' && mark.stroke && mark.id === null ? [mark] : [],
    );
    const plotEnd = figure.plot.x + figure.plot.width;
    for (const bar of bars) expect(bar.x + bar.width).toBeLessThanOrEqual(plotEnd + 30);
    expect(figure.summary).toMatch(/^TLS 1\.2: first byte after 326 ms \(4 RTT\), done after 333 ms\./);
  });

  it('a lost flight is seen in each, and what never came is said', async () => {
    const compared = await rows('handshakes-lost-flight');
    for (const { trace } of compared)
      expect([...trace.packets.fate].filter((fate) => isLost(fate)).length).toBeGreaterThan(0);
    const failed = { ...compared[0]!, trace: await runOf('expired-certificate') };
    expect(roundTripText(rowOf(failed, 0, 100, 1).roundTrips)).toBe('no answer');
  });
});
