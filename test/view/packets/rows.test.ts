import { beforeAll, describe, expect, it } from 'vitest';
import { play } from '../../../src/engine/network/layers.ts';
import { showInside } from '../../../src/figure/inside.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { presets } from '../../../src/scenario/presets.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { momentWords } from '../../../src/view/moment.words.ts';
import { fromMs } from '../../../src/base/time.ts';
import { matching, packetRow } from '../../../src/view/packets/rows.ts';

const run = async (name: string): Promise<Trace> => {
  const scenario = parseScenario(JSON.stringify(presets.find((one) => one.name === name)?.scenario));
  if (!scenario.ok) throw new Error(name);
  return play(scenario.value);
};
const http3 = await run('http3-one-loss');
beforeAll(showInside);

describe('the packet table, as an observer sees it', () => {
  it('QUIC: how long a packet is and when it came', () => {
    const repair = Array.from({ length: http3.packetCount }, (_, i) => packetRow(http3, i)).find(
      ({ tone }) => tone === 'repair',
    );
    expect(repair?.label).toMatch(/^R 1-RTT #\d+: stream/);
    const seen = packetRow(http3, repair?.packet ?? -1, true);
    expect(seen).toMatchObject({ tone: 'mute', state: '', direction: repair?.direction });
    expect(seen.label).toMatch(/^1-RTT 1,\d+ bytes, protected$/);
    expect(seen.effect).toMatch(/^arrives [\d.,]+$/);
  });

  it('a filter finds nothing that cannot be told', () => {
    const found = (filter: string, observed: boolean): number => matching(http3, filter, observed)?.length ?? -1;
    // Initials can be read, those that only acknowledge, too.
    for (const [filter, most] of [
      ['ack', 1],
      ['again', 0],
      ['#30', 0],
      ['state:confirmed', 0],
    ] as const) {
      expect(found(filter, false), filter).toBeGreaterThan(most);
      expect(found(filter, true), filter).toBeLessThanOrEqual(most);
    }
    expect(found('lost', true)).toBe(1);
    expect(found('protected', true)).toBe(954);
  });

  it('nor does the slider, or the live region, know of states', () => {
    expect(momentWords(http3, fromMs(330))).toMatch(/server [A-Z]/);
    expect(momentWords(http3, fromMs(330), true)).toMatch(/^330\.0 ms, \d+ packets? in flight$/);
  });
});
