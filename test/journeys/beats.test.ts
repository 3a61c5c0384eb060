import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { axe, playheadMs, ready } from './support.ts';

const chips = (page: Page) => page.getByRole('listbox', { name: 'Beats' }).getByRole('option');
const sentence = (page: Page) => page.locator('.saying .sentence');
const keep = async (page: Page, say: string): Promise<void> => {
  await page.keyboard.press('b');
  await page.getByRole('textbox', { name: 'Sentence of beat' }).waitFor();
  await page.keyboard.insertText(say);
  await page.keyboard.press('Enter');
};

journey('beats are written with B, stepped with a remote, put in order, and travel in the link', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce' });
  await ready(page);
  await keep(page, 'Lost: {lost} of {data.down}.');
  await page.keyboard.press('End');
  await keep(page, 'All is there.');
  await expect.poll(() => chips(page).count()).toBe(2);
  await expect.poll(() => sentence(page).innerText()).toBe('All is there.');
  const end = await playheadMs(page);

  await page.keyboard.press('PageUp');
  await expect.poll(() => sentence(page).innerText()).toBe('Lost: 1 of 692.');
  await expect.poll(() => playheadMs(page)).toBe(186.4);
  await page.keyboard.press('PageDown');
  await expect.poll(() => playheadMs(page)).toBe(end);
  await expect.poll(() => axe(page)).toEqual([]);

  await chips(page).nth(1).focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(() => chips(page).first().innerText()).toContain('All is there.');
  await page.keyboard.press('F2');
  await page.keyboard.type(' Really.');
  await page.keyboard.press('Enter');
  await expect.poll(() => sentence(page).innerText()).toBe('All is there. Really.');

  await page.waitForTimeout(700);
  const second = await open(new URL(page.url()).hash);
  await ready(second);
  await chips(second).first().waitFor();
  await expect.poll(() => chips(second).count()).toBe(2);
  await expect.poll(() => sentence(second).innerText()).toBe('All is there. Really.');

  await page.getByRole('button', { name: 'Delete the beat' }).click();
  await page.getByRole('button', { name: 'Delete the beat' }).click();
  await expect.poll(() => chips(page).count()).toBe(0);
});

journey('a chip is dragged to another place', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce' });
  await ready(page);
  await keep(page, 'One.');
  await page.keyboard.press('.');
  await keep(page, 'Two.');
  await page.keyboard.press('.');
  await keep(page, 'Three.');
  const box = async (n: number) => (await chips(page).nth(n).boundingBox())!;
  const [from, to] = [await box(2), await box(0)];
  await page.mouse.move(from.x + 30, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 40, to.y + 10, { steps: 4 });
  await page.mouse.move(to.x + 5, to.y + 10);
  await page.mouse.up();
  await expect.poll(() => chips(page).first().innerText()).toContain('Three.');
});

journey('a question hides what comes; the run says which answer is right', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce' });
  await ready(page);
  await keep(page, 'It took {completion rtt}.');
  await page.getByRole('button', { name: 'Question and what is hidden' }).click();
  await page.getByLabel('Question, before').fill('How long does it take?');
  await page.getByLabel('Answers, one').fill('12 RTT\n25 RTT');
  await page.getByLabel('Value of the run').fill('completion rtt');
  await page.getByLabel('what comes after').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => sentence(page).count()).toBe(0);
  await expect.poll(() => page.locator('.veil').count()).toBeGreaterThan(0);
  await page.getByRole('button', { name: '12 RTT' }).click();
  await expect.poll(() => page.locator('.verdict').innerText()).toBe('Not this one. The run says 24.8 RTT.');
  await expect.poll(() => page.locator('button.right').innerText()).toContain('25 RTT');
  await expect.poll(() => page.locator('.veil').count()).toBe(0);
  await expect.poll(() => sentence(page).innerText()).toBe('It took 24.8 RTT.');
});

journey('a link that is too long says so and offers the file', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce' });
  await ready(page);
  await keep(
    page,
    Array.from({ length: 80 }, (_, i) => `${(i * 7919).toString(36)}-${(i * 104_729).toString(36)}`).join(' '),
  );
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('.');
    await keep(page, Array.from({ length: 60 }, (_, k) => ((k + 61 * i) * 15_485_863 + 977).toString(36)).join(' '));
  }
  await page.getByRole('button', { name: 'Share' }).click();
  const notice = page.getByRole('alert').filter({ hasText: 'many programs cut' });
  const download = page.waitForEvent('download');
  await notice.getByRole('button', { name: 'Save the scenario file' }).click();
  expect((await download).suggestedFilename()).toBe('one-lost-segment.json');
});
