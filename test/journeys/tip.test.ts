import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import { journey } from '../support/journey.ts';
import { ready } from './support.ts';

/** Moves the mouse along a line until a tip says what is looked for; returns it with where the mouse was. */
const seek = async (page: Page, name: string, part: number, says: RegExp): Promise<{ x: number; y: number }> => {
  const box = await page.getByRole('figure', { name }).boundingBox();
  if (!box) throw new Error(`There is no figure "${name}".`);
  const y = box.y + box.height * part;
  for (let x = box.x + 120; x < box.x + box.width - 30; x += 6) {
    await page.mouse.move(x, y);
    const tip = page.locator('.tip');
    if ((await tip.count()) > 0 && says.test(await tip.innerText())) return { x, y };
  }
  throw new Error(`No tip says ${String(says)}.`);
};

journey(
  'a mouse over a packet or a curve is told what it is, beside the pointer and inside the window',
  async ({ open }) => {
    const page = await open();
    await ready(page);
    const tip = page.locator('.tip');
    for (const [name, part, says] of [
      ['Sequence diagram', 0.32, /^(Segment #|ACK )[\d,]+.* · .*ms/],
      ['Congestion window', 0.75, /^in flight [\d.]+ segments · [\d.]+ ms$/],
      ['Throughput', 0.7, /^(arrived|goodput so far)\D* [\d.]+ Mbit\/s · [\d.]+ ms$/],
    ] as const) {
      const { x, y } = await seek(page, name, part, says);
      const box = await tip.boundingBox();
      if (!box) throw new Error('The tip has no box.');
      const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
      expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
      expect(x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height).toBe(false);
      await expect.poll(() => tip.getAttribute('aria-hidden')).toBe('true');
    }
    await page.mouse.move(10, 10);
    await expect.poll(() => tip.count()).toBe(0);
  },
);
