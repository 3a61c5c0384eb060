import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { Bench } from '../../src/view/context.ts';
import RunCard from '../../src/view/inspector/RunCard.svelte';
import { withTouch } from '../../src/session/scenario/path.ts';
import { httpChoices, withHttp } from '../../src/scenario/ways.ts';
import { filledBench } from '../../stories/support/bench.ts';
import Stand from './Stand.svelte';
import { any } from './support.ts';

const six = httpChoices.find(({ id }) => id === '1.1')!;

const card = async (edit: (bench: Bench) => Promise<void> = () => Promise.resolve()): Promise<string> => {
  const bench = await filledBench();
  await edit(bench);
  const { container } = render(Stand, {
    props: { bench, component: any(RunCard), props: { trace: bench.scene.trace } },
  });
  return container.textContent;
};

test('a run as it was opened has its title alone; an edited one says that it is, and what it is now', async () => {
  expect(await card()).not.toContain('edited');
  const changed = await card(async ({ scene }) => {
    await scene.edit('the version of HTTP', (scenario) => withHttp(scenario, six));
  });
  expect(changed).toMatch(/\s· edited/);
  expect(changed).toMatch(/Changed: the version of HTTP\. It is HTTP\/1\.1 × 6.* now/);
});

test('a touched packet that the run has not is told with its entry', async () => {
  await card(async ({ scene }) => {
    const id = { flow: 'page', dir: 'down', stream: 0, offset: 99_999_999, nth: 1 } as const;
    await scene.edit('a packet', (scenario) => withTouch(scenario, id, { drop: true }));
  });
  screen.getByText(/^path\.touched\[0\] \(page, down, offset 99999999, nth 1\) names no packet of this run/);
});
