import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import { journey } from '../support/journey.ts';
import { losslessAddress, playheadMs, ready } from './support.ts';

const facts = (page: Page): Promise<string> => page.locator('.facts').innerText();

journey('with the keyboard alone: #30 is lost, both futures are compared, and undone', async ({ open }) => {
  const page = await open(await losslessAddress());
  await ready(page);
  const lossless = await facts(page);
  expect(lossless).toMatch(/done [\d.]+ ms$/);

  // "/" leads to the filter; from there the row is three stops away at most.
  await page.keyboard.press('/');
  await page.keyboard.type('#30');
  for (let k = 0; k < 4; k++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.matches('tr') === true)) break;
  }
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('#30');
  await page.keyboard.press('Enter');
  await page.keyboard.press('d');

  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector.getByText('dropped by you').waitFor();
  await expect.poll(() => facts(page)).toMatch(/done [\d,.]+ ms \(\+[\d.]+ vs before\)$/);
  // The live region says what came of it.
  await expect.poll(() => page.locator('[data-live]').innerText()).toMatch(/#30 dropped: done at .* later than before/);

  // Both futures at the keys: the effect of the loss, event by event.
  await page.keyboard.press('e');
  await inspector.getByText('What it caused').waitFor();
  const before = await playheadMs(page);
  await page.keyboard.press('.');
  await expect.poll(() => playheadMs(page)).toBeGreaterThan(before);
  await page.keyboard.press(',');
  await expect.poll(() => playheadMs(page)).toBe(before);

  await page.keyboard.press('Control+z');
  await expect.poll(() => facts(page)).toBe(lossless);
  await page.keyboard.press('Control+Shift+Z');
  await expect.poll(() => facts(page)).toContain('vs before');
});

journey('by touch alone on a phone: a packet is chosen and dropped', async ({ open }) => {
  const page = await open(await losslessAddress(), {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  });
  await ready(page);
  const surface = page.getByRole('figure', { name: 'Sequence diagram' }).locator('.surface');
  const box = (await surface.boundingBox())!;
  // A thumb looks for a packet: the picture is full of them.
  for (const [x, y] of [
    [0.6, 0.4],
    [0.5, 0.5],
    [0.7, 0.3],
    [0.6, 0.7],
  ] as const) {
    await page.touchscreen.tap(box.x + box.width * x, box.y + box.height * y);
    if ((await page.locator('.peek').innerText()) !== 'Tap a packet') break;
  }
  await expect.poll(() => page.locator('.peek').innerText()).not.toBe('Tap a packet');
  await page.getByRole('button', { name: /Details/ }).tap();
  await page.getByRole('button', { name: 'Drop packet' }).tap();
  await page.getByRole('button', { name: 'Let it arrive' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).tap();
  await page.getByRole('button', { name: 'Drop packet' }).waitFor();
});

journey('sliders run anew while they move, and one undo takes the whole drag back', async ({ open }) => {
  const page = await open();
  await ready(page);
  const rtt = page.getByRole('slider', { name: 'Round-trip time' });
  const at40 = await facts(page);
  await rtt.focus();
  for (let k = 0; k < 5; k++) await page.keyboard.press('ArrowRight');
  await expect.poll(() => facts(page)).toContain('45 ms');
  await rtt.fill('80');
  await expect.poll(() => facts(page)).toContain('80 ms');
  const undo = page.getByRole('button', { name: 'Undo' });
  while (await undo.isEnabled()) await undo.click();
  await expect.poll(() => facts(page)).toBe(at40);
});

journey('another congestion control is another run', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.getByRole('combobox', { name: 'Congestion control' }).selectOption('reno');
  await expect.poll(() => facts(page)).toContain('Reno');
});
