import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { axe, playhead, ready } from './support.ts';

journey('a tour from the start panel to its end, by keyboard alone', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce' });
  await ready(page);
  // The page opens on its picture, and asks nothing.
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await page.getByRole('button', { name: 'Tours', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Where to begin' }).waitFor();
  await page
    .getByRole('button', { name: /^The handshake/ })
    .first()
    .waitFor();
  await expect.poll(() => axe(page)).toEqual([]);
  await page.getByRole('button', { name: /What three packets are for/ }).focus();
  await page.keyboard.press('Enter');
  const sentence = page.locator('.saying .sentence');
  await expect.poll(() => sentence.innerText()).toContain('sends a SYN first');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  const answer = page
    .getByRole('group', { name: /How many round trips|may the client send/ })
    .getByRole('button', { name: '1.5' });
  await answer.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.verdict').innerText()).toBe('Not this one. The run says 1 RTT.');
  await page.keyboard.press('PageDown');
  await page.keyboard.press('PageDown');
  await expect.poll(() => sentence.innerText()).toContain('after 2 RTT');
  await page.keyboard.press('PageDown');
  await expect.poll(() => playhead(page)).toContain('81.0 ms');
});

journey('a second window follows the first', async ({ open }) => {
  const page = await open('#scenario=handshake', { reducedMotion: 'reduce' });
  await ready(page);
  await page.getByRole('button', { name: 'Tours', exact: true }).click();
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: /A second window/ }).click();
  const second = await popup;
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  await second.getByRole('figure', { name: 'Sequence diagram' }).waitFor();
  await expect.poll(() => second.getByRole('button').count()).toBe(0);
  await page.bringToFront();
  await page.keyboard.press('End');
  await expect
    .poll(async () => (await second.locator('[data-live]').textContent())?.startsWith(await playhead(page)))
    .toBe(true);
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption('lost-syn');
  await expect.poll(() => second.locator('[data-roundtrip]').getAttribute('aria-label')).toContain('SYN');
});
