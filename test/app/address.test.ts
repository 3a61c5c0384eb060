import { describe, expect, test } from 'vitest';
import { addressOf, openAddress } from '../../src/app/address.ts';
import { presets } from '../../src/scenario/presets.ts';
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
