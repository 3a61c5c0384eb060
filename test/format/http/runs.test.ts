import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCapture } from '../../../src/format/open.ts';
import { summarize } from '../../../src/trace/summary.ts';
import { describeWithFixtures } from '../../support/fixtures.ts';

/** README of the fixtures: twelve resources of 726 kB. */
const RESOURCES = 12;
const BYTES = 726_000;

describeWithFixtures('captures of nginx, curl and nghttp', (fixtures) => {
  const all = join(fixtures, 'linux');
  const names = readdirSync(all).filter((name) => name.startsWith('H-') && existsSync(join(all, name, 'client.pcap')));

  it.each(names)('%s: twelve requests, their bytes, and the end of the last', async (name) => {
    const folder = join(all, name);
    const log = join(folder, 'keys.log');
    const keys = existsSync(log) ? readFileSync(log, 'utf8') : '';
    const opened = await openCapture('client.pcap', readFileSync(join(folder, 'client.pcap')), keys);
    if (!opened.ok) expect.fail(opened.problems[0]?.what);
    const { flows, completionMs } = summarize(opened.value.trace);
    const requests = flows.flatMap((flow) => flow.requests);
    expect(requests).toHaveLength(RESOURCES);
    expect(requests.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(BYTES);
    const told = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as { readonly completion_ms: number };
    expect(completionMs).toBeCloseTo(told.completion_ms, 2);
    // The lost packet holds up what came behind it, and nothing is held up without one.
    const blocked = requests.reduce((sum, { blockedMs }) => sum + blockedMs, 0);
    expect(blocked > 0).toBe(name.includes('drop20'));
  });
});
