import { expect, test } from 'vitest';
import { PageRun, request, settings, TWELVE } from './pages.ts';

test('twelve resources arrive whole, in the order in which they were asked for', () => {
  const run = new PageRun(settings(TWELVE.map((size, i) => request(i, size)))).run();
  expect(run.delivered).toEqual([...TWELVE]);
  expect(run.order).toEqual(TWELVE.map((_, i) => i));
});
