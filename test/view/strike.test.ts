import { fireEvent, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { Bench } from '../../src/view/context.ts';
import Strike from '../../src/view/compare/Strike.svelte';
import { any, onBench } from './support.ts';

const strikeOf = ({ scene }: Bench): unknown => scene.history.value?.present.strike;

test('one loss for all: by instant or by number, told in words, and taken back', async () => {
  const { bench } = await onBench(any(Strike));
  const at = bench.scene.player.time.value;
  await fireEvent.click(screen.getByRole('button', { name: /^Lose what is on the wire at [\d.]+ ms, in all$/ }));
  expect(strikeOf(bench)).toEqual({ at });
  screen.getByText(/^On the wire at [\d.]+ ms: lost in all$/);
  await fireEvent.input(screen.getByLabelText('Data packet from the server'), { target: { value: '12' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Lose it in all' }));
  expect(strikeOf(bench)).toEqual({ data: 12 });
  screen.getByText('Data packet 12 from the server: lost in all');
  await bench.scene.undo();
  expect(strikeOf(bench)).toEqual({ at });
  await fireEvent.click(screen.getByRole('button', { name: 'Let it arrive' }));
  expect(strikeOf(bench)).toBeUndefined();
});
