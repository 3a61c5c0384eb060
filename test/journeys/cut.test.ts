import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { playheadMs, ready } from './support.ts';

journey(
  'a lost SYN: its second is cut out of the axis, shown when asked, and that is in the address',
  async ({ open }) => {
    const page = await open('?scenario=lost-syn');
    await ready(page);
    const about = page.locator('#about-sequence');
    await expect.poll(() => about.textContent()).toContain('which the time axis leaves out');
    // Half of the axis lies behind the cut, or within it: not in the dead second before.
    await page.keyboard.press('9');
    await expect.poll(() => playheadMs(page)).toBeGreaterThan(1000);
    await page.keyboard.press('i');
    await expect.poll(() => about.textContent()).not.toContain('leaves out');
    await expect.poll(() => page.evaluate(() => location.hash)).toContain('idle=shown');
    await page.reload();
    await ready(page);
    await expect.poll(() => about.textContent()).not.toContain('leaves out');
  },
);

journey.for([
  [1280, 720],
  [390, 844],
] as const)('what to see is in sight at %i × %i, also while a packet is chosen', async ([width, height], { open }) => {
  const page = await open('?scenario=tail-loss-probe', { viewport: { width, height }, hasTouch: width < 760 });
  await ready(page);
  const look = page.getByText('a probe sends the last again');
  const seen = async (): Promise<boolean> =>
    look.evaluate((element) => {
      const box = element.getBoundingClientRect();
      return element.scrollWidth <= element.clientWidth && box.top >= 0 && box.bottom <= innerHeight && box.width > 200;
    });
  await expect.poll(seen).toBe(true);
  await page.keyboard.press('.');
  await page.getByRole('figure', { name: 'Sequence diagram' }).locator('.surface').press('ArrowRight');
  await expect.poll(seen).toBe(true);
});
