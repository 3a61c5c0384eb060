import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { ready } from './support.ts';

journey('works offline after the first load, also what was not needed yet', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await page.reload();
  await ready(page);
  const figure = page.getByRole('figure', { name: 'Sequence diagram' });
  await expect.poll(() => figure.count()).toBe(1);
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: 'Lost SYN' });
  await expect.poll(() => page.title()).toContain('Lost SYN');
  // An address of its own is the same page.
  await page.goto(new URL('?scenario=lost-syn', page.url()).href);
  await ready(page);
  await expect.poll(() => page.title()).toContain('Lost SYN');
});
