import { describe, expect, test } from 'vitest';
import { presetsFor } from '../../src/embed/find.ts';
import { presets } from '../../src/scenario/presets.ts';
import { tours } from '../../src/scenario/tours/index.ts';

describe('what a slide loads of the presets', () => {
  test.each([...presets, ...tours].map(({ name }) => name))('%s is found', async (name) => {
    expect((await presetsFor(name)).find((preset) => preset.name === name)?.name).toBe(name);
  });

  test('a common one needs one group, an unknown name all', async () => {
    expect((await presetsFor('one-lost-segment')).length).toBeLessThan(20);
    expect((await presetsFor('none-such')).length).toBe(presets.length + tours.length);
  });
});
