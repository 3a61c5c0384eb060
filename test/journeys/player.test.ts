import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { playhead, playheadMs, ready } from './support.ts';

journey('plays, pauses, and says where it stands', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.waitForTimeout(500);
  // Silent while it plays.
  await expect.poll(() => page.locator('[data-live]').innerText()).not.toMatch(/^19\d/);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  await expect.poll(() => playheadMs(page)).toBeGreaterThan(186.4);
  const stood = await playhead(page);
  await expect.poll(() => page.locator('[data-live]').innerText()).toBe(stood);
});

journey('keys move the playhead as the help says', async ({ open }) => {
  const page = await open();
  await ready(page);
  const start = await playheadMs(page);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => playheadMs(page)).toBeCloseTo(start + 1, 1);
  await page.keyboard.press('Shift+ArrowLeft');
  await expect.poll(() => playheadMs(page)).toBeCloseTo(start - 9, 1);
  await page.keyboard.press('End');
  const end = await playheadMs(page);
  expect(end).toBeGreaterThan(900);
  await page.keyboard.press('5');
  await expect.poll(() => playheadMs(page)).toBeCloseTo(end / 2, 0);
  await page.keyboard.press('j');
  await expect.poll(() => playheadMs(page)).toBeCloseTo(end * 0.4, 0);
  await page.keyboard.press('Home');
  await expect.poll(() => playheadMs(page)).toBe(0);
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  await expect.poll(() => playheadMs(page)).toBeGreaterThan(0);
  await page.keyboard.press('>');
  await expect.poll(() => page.getByRole('combobox', { name: 'Speed' }).inputValue()).toBe('0.05');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

journey('single-character keys can be switched off, and stay off', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.keyboard.press('?');
  await page.getByRole('switch', { name: 'Single-character keys' }).uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  await page.keyboard.press('5');
  await expect.poll(() => playheadMs(page)).toBe(0);
  await page.reload();
  await ready(page);
  const stood = await playheadMs(page);
  await page.keyboard.press('5');
  await expect.poll(() => playheadMs(page)).toBe(stood);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => playheadMs(page)).toBeGreaterThan(stood);
});

journey('the scrubber scrubs, previews, loops, and its window moves the picture', async ({ open }) => {
  const page = await open();
  await ready(page);
  const track = (await page.locator('.track').boundingBox())!;
  const at = (part: number, y = 0.3): [number, number] => [track.x + track.width * part, track.y + track.height * y];

  await page.mouse.move(...at(0.8));
  await page.locator('.preview p').waitFor();
  await expect.poll(() => playheadMs(page)).toBe(186.4);

  await page.mouse.down();
  await page.mouse.move(...at(0.5), { steps: 6 });
  await page.mouse.up();
  const scrubbed = await playheadMs(page);
  expect(scrubbed).toBeGreaterThan(300);

  await page.keyboard.down('Shift');
  await page.mouse.move(...at(0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.3), { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.getByRole('button', { name: 'End the loop' }).waitFor();
  await expect.poll(() => playheadMs(page)).toBe(scrubbed);

  const view = (await page.locator('.window').boundingBox())!;
  await page.mouse.move(view.x + view.width / 2, view.y + view.height - 8);
  await page.mouse.down();
  await page.mouse.move(view.x + view.width / 2 + 80, view.y + view.height - 8, { steps: 4 });
  await page.mouse.up();
  const moved = (await page.locator('.window').boundingBox())!;
  expect(moved.x - view.x).toBeCloseTo(80, -1);
  await expect.poll(() => playheadMs(page)).toBe(scrubbed);
});

journey('arrow keys walk the packets inside a figure', async ({ open }) => {
  const page = await open();
  await ready(page);
  const title = page.locator('#inspector-title');
  await page.getByRole('figure', { name: 'Sequence diagram' }).locator('.surface').focus();
  await page.keyboard.press('ArrowRight');
  await title.waitFor();
  const seen = new Set([await title.innerText()]);
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(50);
    seen.add(await title.innerText());
  }
  expect(seen.size).toBeGreaterThan(2);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('inspector-title');
});

journey('a state is lit at the playhead, and leads to its packets', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.getByRole('button', { name: 'States' }).click();
  const chart = page.getByRole('figure', { name: 'States of the client' });
  await chart.getByText('ESTABLISHED').waitFor();
  await page.getByRole('button', { name: /client sent in SYN-SENT/ }).click();
  await page.getByRole('table', { name: 'Packets' }).waitFor();
  const rows = page.getByRole('table', { name: 'Packets' }).locator('tbody tr[data-packet]');
  await expect.poll(() => rows.count()).toBe(1);
  await expect.poll(() => rows.first().innerText()).toContain('SYN');
});
