import { describe, expect, test } from 'vitest';
import { addressOf, openAddress } from '../../src/session/address/open.ts';
import { presets } from '../../src/scenario/presets.ts';
import { pack } from '../../src/session/address/pack.ts';
import { withRtt } from '../../src/session/scenario/edits.ts';
import { emptyBench, fill } from '../../stories/support/bench.ts';

const parts = emptyBench;

describe('addresses of the page', () => {
  test('a page without a word opens the first picture', async () => {
    const page = parts();
    expect(await openAddress('', page)).toBe(true);
    expect(page.scene.history.value!.present.preset).toBe('one-lost-segment');
  });

  test('every preset opens by its name and is shared by it', async () => {
    const page = parts();
    for (const preset of presets) {
      if (preset.to > 5000) continue;
      expect(await openAddress(`#scenario=${preset.name}`, page), preset.name).toBe(true);
      const address = await addressOf(page);
      expect(address).toContain(`scenario=${preset.name}`);
      expect(address).not.toContain('edit=');
    }
  }, 60_000);

  test('an edited scenario, its ghost and its selection come back', async () => {
    const page = parts();
    await openAddress('', page);
    await page.scene.player.warm();
    await page.scene.edit('rtt', (s) => withRtt(s, 60), {
      ghost: { kind: 'scenario', scenario: page.scene.history.value!.present.scenario },
    });
    page.scene.selectPacket(40);
    const address = (await addressOf(page))!;
    const other = parts();
    expect(await openAddress(address, other)).toBe(true);
    expect(other.scene.history.value!.present.scenario).toEqual(page.scene.history.value!.present.scenario);
    expect(other.scene.packet).toBe(40);
    expect(other.scene.shown.value!.ghost!.packetCount).toBe(page.scene.shown.value!.ghost!.packetCount);
    expect(await addressOf(other)).toBe(address);
  });

  test('what colours tell comes back, and the way that time runs', async () => {
    const page = parts();
    await openAddress('scenario=handshake&palette=outcome&way=upright', page);
    expect([page.display.palette.value, page.display.orientation.value]).toEqual(['outcome', 'upright']);
    const address = (await addressOf(page))!;
    expect(address).toContain('palette=outcome');
    expect(await addressOf({ ...page, orientation: 'lying' })).toBe(address.replace('way=upright', 'way=lying'));
    await openAddress('scenario=handshake', page);
    expect(page.display.palette.value).toBeUndefined();
  });

  test('a scenario from a file travels whole', async () => {
    const page = parts();
    await fill(page);
    const address = (await addressOf(page))!;
    const other = parts();
    expect(await openAddress(address, other)).toBe(true);
    expect(other.scene.trace!.title).toBe(page.scene.trace!.title);
  });

  test('what cannot be run is told with its place, and nothing is opened', async () => {
    const page = parts();
    await openAddress('', page);
    const { trace } = page.scene;
    const bad = await addressOf(page)
      .then(() => import('../../src/session/address/pack.ts'))
      .then(({ pack }) => pack({ path: { mbps: -1 } }));
    expect(await openAddress(`#scenario=handshake&edit=${bad}`, page)).toBe(false);
    expect(page.scene.problems.value[0]!.where).toContain('mbps');
    expect(page.scene.trace).toBe(trace);
  });
});

describe('beats in an address', () => {
  const withBeats = async () => {
    const page = parts();
    await openAddress('#scenario=handshake', page);
    page.scene.setBeats([
      { at: 10, say: 'First.' },
      { at: 40, from: 0, to: 80, show: ['sequence'], say: 'Second.' },
    ]);
    return page;
  };

  test('travel, with the one that the scene is at', async () => {
    const page = await withBeats();
    page.scene.beat.set(1);
    const address = (await addressOf(page))!;
    expect(address).toContain('v=1&scenario=handshake&beats=z');
    expect(address).toContain('beat=2');
    expect(address).not.toContain('edit=');
    const other = parts();
    expect(await openAddress(address, other)).toBe(true);
    expect(other.scene.beats.value).toEqual(page.scene.beats.value);
    expect(other.scene.beat.value).toBe(1);
    expect(await addressOf(other)).toBe(address);
  });

  test('a beat alone names its instant and its view', async () => {
    const address = (await addressOf(await withBeats()))!;
    const packed = /beats=(z[\w-]+)/.exec(address)![1]!;
    const other = parts();
    expect(await openAddress(`#scenario=handshake&beats=${packed}&beat=2`, other)).toBe(true);
    expect(other.scene.player.time.value).toBe(40e6);
    expect(other.scene.range.value).toEqual({ from: 0, to: 80e6 });
  });

  test('that are none are refused at their place, and nothing opens', async () => {
    const page = parts();
    expect(await openAddress(`#scenario=handshake&beats=${await pack([{ at: 'soon' }])}`, page)).toBe(false);
    expect(page.scene.problems.value[0]?.where).toBe('beats[0].at');
  });
});

describe('what a hand writes into a link', () => {
  test.each([
    ['rtt=80&bandwidth=10', { rttMs: 80, mbps: 10 }],
    ['loss=30,31', { loss: [{ dir: 'down', data: [30, 31], at: 'egress' }] }],
    ['loss=1%25', { loss: [{ dir: 'down', rate: 0.01, at: 'egress' }] }],
    ['loss=none', { loss: [] }],
  ])('%s', async (text, path) => {
    const page = parts();
    expect(await openAddress(`#scenario=one-lost-segment&${text}`, page)).toBe(true);
    expect(page.scene.problems.value).toEqual([]);
    expect(page.scene.history.value!.present.scenario.path).toMatchObject(path);
  });

  test.each(['rtt=soon', 'bandwidth=0', 'loss=some', 'beat=0', 'beats=zzz'])('%s is told, not fatal', async (text) => {
    const page = parts();
    expect(await openAddress(`#scenario=handshake&${text}`, page)).toBe(true);
    expect(page.scene.problems.value[0]?.where).toBe(text.split('=')[0]);
  });
});
