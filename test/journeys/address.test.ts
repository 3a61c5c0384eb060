import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { picture, playheadMs, ready } from './support.ts';

journey('the same address gives the same picture', async ({ open }) => {
  const first = await open();
  await ready(first);
  await first.getByRole('table', { name: 'Packets' }).locator('tr[data-packet]').nth(4).click();
  await first.keyboard.press('d');
  await first.locator('.touched').waitFor();
  await first.keyboard.press('+');
  await first.keyboard.press('>');
  await first.waitForTimeout(900);
  const address = new URL(first.url()).hash;
  expect(address).toContain('edit=z');

  const second = await open(address);
  await ready(second);
  await second.locator('.touched').waitFor();
  await second.waitForTimeout(300);
  await expect.poll(() => playheadMs(second)).toBe(await playheadMs(first));
  for (const name of ['Sequence diagram', 'Congestion window', 'Throughput']) {
    const canvas = (page: typeof first) => page.getByRole('figure', { name }).locator('canvas').first();
    await expect.poll(() => picture(canvas(second)), { message: name }).toBe(await picture(canvas(first)));
  }
  expect(new URL(second.url()).hash).toBe(address);
});

journey.for([
  ['#scenario=no-such', 'no-such'],
  ['#t=soon', 't:'],
  ['#edit=zbroken', 'edit'],
  ['#colour=red', 'colour'],
])('%s: a sentence that names the key, and a picture all the same', async ([address, named], { open }) => {
  const page = await open(address);
  await ready(page);
  await expect.poll(() => page.getByRole('alert').innerText()).toContain(named);
  await page.getByRole('alert').getByRole('button').click();
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
});

journey('a bad address typed into an open page changes nothing but the notice', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.keyboard.press('End');
  const stood = await playheadMs(page);
  await page.evaluate(() => {
    location.hash = '#scenario=nowhere';
  });
  await page.getByRole('alert').waitFor();
  await expect.poll(() => playheadMs(page)).toBe(stood);
});
