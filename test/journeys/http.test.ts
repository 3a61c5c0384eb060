import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { axe, ready } from './support.ts';

journey(
  'one lost packet of HTTP/2: the streams say who waits for it, and a hatch leads to the packet',
  async ({ open }) => {
    const page = await open('#scenario=http2-one-loss&show=sequence,streams');
    await ready(page);
    // Nothing is selected: facts alone, more of them than the inspector is high.
    await page.getByText('Data sent again').waitFor();
    await expect.poll(() => axe(page)).toEqual([]);
    const streams = page.getByRole('figure', { name: 'Streams' });
    await expect.poll(() => streams.locator('figcaption').innerText()).toContain('waiting for #20, 91 ms');
    const text = await streams.locator('figcaption').innerText();
    expect(text.match(/stands still for #20 of \/r03, 91 ms/g)).toHaveLength(8);
    const box = await streams.boundingBox();
    if (!box) throw new Error('The streams have no box.');
    const inspector = page.getByRole('region', { name: 'Inspector' });
    // The third lane of twelve, while its bytes wait: a row of pixels in it is tried from the left.
    for (let x = box.x + 250; x < box.x + box.width; x += 8) {
      await page.mouse.click(x, box.y + ((box.height - 26) * 2.5) / 12 + 4);
      if ((await inspector.getByText(/^Bytes wait for #20/).count()) > 0) break;
    }
    await inspector.getByRole('button', { name: /^Look at #20/ }).click();
    await expect.poll(() => inspector.getByRole('heading', { level: 2 }).innerText()).toBe('Segment #20');
    await inspector.getByRole('group', { name: 'Frames' }).getByRole('button').first().click();
    await expect
      .poll(() => inspector.getByText('END_STREAM').or(inspector.getByText('none')).count())
      .toBeGreaterThan(0);
    await expect.poll(() => axe(page)).toEqual([]);
  },
);

journey(
  'what matters: the losses are tried beside the page, a click on one loses it, Undo takes it back',
  async ({ open }) => {
    const page = await open('#scenario=api-fan-out&show=sequence,matters');
    await ready(page);
    const strip = page.getByRole('figure', { name: 'What matters' });
    await expect
      .poll(() => strip.locator('figcaption').innerText(), { timeout: 30_000 })
      .toMatch(/^(\d+) losses of \1 tried\. Those that matter most here: /);
    const box = await strip.boundingBox();
    if (!box) throw new Error('The strip has no box.');
    const undo = page.getByRole('button', { name: 'Undo' });
    await expect.poll(() => undo.isDisabled()).toBe(true);
    for (let x = box.x + 104; x < box.x + box.width && (await undo.isDisabled()); x += 4) {
      await page.mouse.click(x, box.y + box.height - 12);
      await page.waitForTimeout(60);
    }
    await expect.poll(() => page.getByText('dropped by you').count()).toBeGreaterThan(0);
    await undo.click();
    await expect.poll(() => undo.isDisabled()).toBe(true);
  },
);

journey('what is compared is chosen, stands in the address, and opens from it', async ({ open }) => {
  const page = await open('#scenario=compared-clean');
  const figure = page.getByRole('figure', { name: 'Comparison' }).locator('figcaption');
  await expect.poll(() => figure.innerText(), { timeout: 15_000 }).toContain('HTTP/1.1, six');
  await expect.poll(() => page.getByRole('radio', { name: 'HTTP versions' }).isChecked()).toBe(true);
  await page.getByRole('radio', { name: 'best of each' }).check();
  await expect.poll(() => figure.innerText(), { timeout: 15_000 }).toContain('HTTP/2, Fast Open');
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('compare=best');
  await expect.poll(() => axe(page)).toEqual([]);
  const again = await open(await page.evaluate(() => location.hash));
  await again.locator('input[value=best]:checked').waitFor({ state: 'attached' });
});
