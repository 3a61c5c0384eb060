import { expect, inject } from 'vitest';
import { journey } from '../support/journey.ts';
import { axe, playhead, ready } from './support.ts';

journey('opens on a telling picture: figures, ghost, the chosen repair, no dialog', async ({ open }) => {
  const page = await open();
  await ready(page);
  for (const name of ['Sequence diagram', 'Congestion window', 'Throughput']) {
    await expect.poll(() => page.getByRole('figure', { name }).count()).toBe(1);
  }
  await expect.poll(() => playhead(page)).toMatch(/^186\.4 ms, server ESTABLISHED, \d+ packets in flight$/);
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  const painted = await page
    .getByRole('figure', { name: 'Sequence diagram' })
    .locator('canvas')
    .first()
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const data = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
      const colours = new Set<number>();
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]! > 200) colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
      }
      return colours.size;
    });
  expect(painted).toBeGreaterThan(20);
});

journey('everything has the name by which it is found', async ({ open }) => {
  const page = await open();
  await ready(page);
  for (const name of ['Play', 'Previous event', 'Next event', 'Undo', 'Share', 'Export']) {
    await expect.poll(() => page.getByRole('button', { name, exact: true }).count(), { message: name }).toBe(1);
  }
  for (const name of ['Scenario', 'Congestion control']) {
    await expect.poll(() => page.getByRole('combobox', { name }).count(), { message: name }).toBe(1);
  }
  for (const name of ['Playhead', 'Round-trip time', 'Bandwidth', 'Queue', 'Random loss']) {
    await expect.poll(() => page.getByRole('slider', { name }).count(), { message: name }).toBe(1);
  }
  await expect.poll(() => page.getByRole('table', { name: 'Packets' }).count()).toBe(1);
  await expect.poll(() => page.getByRole('region', { name: 'Inspector' }).count()).toBe(1);
  await page.getByRole('table', { name: 'Packets' }).getByRole('row').nth(3).click();
  for (const name of ['Drop packet', 'Why?']) {
    await expect.poll(() => page.getByRole('button', { name, exact: true }).count(), { message: name }).toBe(1);
  }
});

journey.for([
  ['light', 1280, 800],
  ['dark', 1440, 900],
  ['light', 390, 844],
] as const)('axe is content: %s, %i × %i', async ([colorScheme, width, height], { open }) => {
  const page = await open('', { colorScheme, viewport: { width, height } });
  await ready(page);
  await expect.poll(() => axe(page)).toEqual([]);
  await page.getByRole('button', { name: width < 760 ? /Details/ : 'States' }).click();
  await expect.poll(() => axe(page)).toEqual([]);
});

journey('an idle page asks for no frame', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.waitForTimeout(600);
  const asked = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        let count = 0;
        const real = window.requestAnimationFrame.bind(window);
        window.requestAnimationFrame = (callback) => {
          count++;
          return real(callback);
        };
        setTimeout(() => done(count), 700);
      }),
  );
  expect(asked).toBe(0);
});

journey('the first picture stands without what is loaded later', async ({ open }) => {
  const page = await open('about:blank');
  // The side panel's script never comes.
  await page.route(/\/assets\/side-/, () => undefined);
  await page.goto(inject('page'), { waitUntil: 'commit' });
  await page.getByRole('figure', { name: 'Sequence diagram' }).waitFor();
  await page.waitForFunction(() => performance.getEntriesByName('first picture').length > 0);
  await expect.poll(() => page.locator('#inspector').count()).toBe(0);
});
