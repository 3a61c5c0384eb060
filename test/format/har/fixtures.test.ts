import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/base/result.ts';
import { play } from '../../../src/engine/network/layers.ts';
import { harScenario } from '../../../src/format/har/scenario.ts';
import { openCapture } from '../../../src/format/open.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { readTsv } from '../files.ts';

/** Entries over the network, origins, the version that a scenario takes, requests of the first page; or the refusal. */
const expected: Readonly<
  Record<string, readonly [entries: number, origins: number, version: string, first: number] | RegExp>
> = {
  'PerfCascade__browsertime_h2_filamentgroup.com.har': [44, 2, '2', 15],
  'PerfCascade__browsertime_sitespeed.io.har': [27, 1, '2', 9],
  'PerfCascade__capture-har_redirect-loop.har': [11, 1, '1.1', 11],
  'PerfCascade__chrome_enorm-magazin.de.har': [65, 9, '1.1', 65],
  'PerfCascade__chrome_h2_h2o.examp1e.net.har': [16, 3, '1.1', 16],
  'PerfCascade__firefox_h2_filamentgroup.com.har': [10, 2, '2', 10],
  'PerfCascade__github.com.151226_X7_b43d35e592fab70e0ba012fe11a41020.har': [16, 5, '1.1', 16],
  'PerfCascade__wpt_github.com.151226_X7_b43d35e592fab70e0ba012fe11a41020.har': [16, 5, '1.1', 16],
  'PerfCascade__wpt_h2_www.nghttp2.org.har': [20, 7, '2', 20],
  'mitmproxy__corrupted_har-broken_headers.json': /: this is JSON, but no qlog, no HAR and no scenario$/,
  'mitmproxy__flows-error_log.har': [1, 1, '2', 1],
  'mitmproxy__flows-successful_log.har': [2, 2, '2', 2],
  'mitmproxy__flows-websocket.har':
    /, log\.entries: no entry is a request over the network: 3 entries of a WebSocket: left out\.$/,
  'mitmproxy__har_files-charles.har': [1, 1, '1.1', 1],
  'mitmproxy__har_files-chrome.har': [1, 1, '2', 1],
  'mitmproxy__har_files-firefox.har': [14, 2, '3', 14],
  'mitmproxy__har_files-insomnia.har': [1, 1, '1.1', 1],
  'mitmproxy__har_files-safari.har': [3, 2, '2', 3],
  'wpt-amazon.har.gz': [30, 4, '2', 15],
};

describeWithFixtures('HAR files of other tools', (folder) => {
  it('are all known here', () => {
    expect(readdirSync(join(folder, 'har'))).toEqual(Object.keys(expected).sort());
  });

  describe.each(Object.entries(expected))('%s', (name, wanted) => {
    const bytes = readFileSync(join(folder, 'har', name));

    it('opens with the times that were measured, or is refused with a sentence', async () => {
      const opened = await openCapture(name, bytes);
      if (wanted instanceof RegExp) {
        expect(opened.ok ? '' : explain(opened.problems)).toMatch(wanted);
        return;
      }
      if (!opened.ok) throw new Error(explain(opened.problems));
      const { trace, format } = opened.value;
      expect(format).toBe(name.endsWith('.gz') ? 'har.gz' : 'har');
      expect([trace.packetCount, trace.requests.length, trace.flows.length]).toEqual([0, wanted[0], wanted[1]]);
      const told = Number(readTsv(join(folder, 'HAR.tsv')).find((row) => row['file'] === name)?.['entries']);
      const left = [...trace.warnings.join(' ').matchAll(/(\d+) entr(?:y|ies) [a-z ]+: left out/gi)];
      expect(trace.requests.length + left.reduce((sum, [, n]) => sum + Number(n), 0)).toBe(told);
      const summary = summarize(trace);
      expect(summary.flows).toHaveLength(1);
      expect(trace.requests[0]?.sent).toBeGreaterThanOrEqual(0);
      for (const { sentMs, firstByteMs, completionMs } of summary.flows[0]?.requests ?? []) {
        expect(sentMs).toBeLessThanOrEqual(firstByteMs as number);
        expect(firstByteMs).toBeLessThanOrEqual(completionMs as number);
      }
    });

    if (wanted instanceof RegExp) return;
    it('becomes a scenario that runs, and every answer comes whole', async () => {
      const made = await harScenario(name, bytes);
      if (!made.ok) throw new Error(explain(made.problems));
      const { scenario, notes } = made.value;
      const flow = scenario.flows[0];
      expect([flow?.http.version, flow?.requests.length]).toEqual([wanted[2], wanted[3]]);
      expect(notes.join('\n')).toMatch(
        /Measured: .*\n(.*\n)*Modelled: a round trip of .* ms, by .*; .* Mbit\/s, by .*; no loss\./,
      );
      const { requests } = summarize(await play(scenario)).flows[0] ?? { requests: [] };
      expect(requests.map(({ bytes: n }) => n)).toEqual(flow?.requests.map(({ responseBytes }) => responseBytes));
      expect(requests.filter(({ completionMs }) => completionMs === null)).toEqual([]);
    });
  });
});
