import { expect } from 'vitest';
import { run } from '../../src/engine/network/run.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { scenarioOf, small } from '../session/lossy.ts';
import { journey } from '../support/journey.ts';
import { ready } from './support.ts';

journey('the audience’s window follows a capture, its beats, and back to a scenario', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce' });
  await ready(page);
  await page.locator('input[type=file]').setInputFiles({
    name: 'talk.pcapng',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(writePcapng(run(scenarioOf(small)), 'server')),
  });
  await expect.poll(() => page.locator('.facts').innerText()).toContain('measured');
  await page.getByRole('button', { name: 'Tours', exact: true }).click();
  const popup = page.waitForEvent('popup');
  await page.getByRole('button', { name: /A second window/ }).click();
  const second = await popup;
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  const label = (): Promise<string | null> => second.locator('[data-roundtrip]').getAttribute('aria-label');
  await expect.poll(label).toContain('talk.pcapng');
  await second.getByRole('figure', { name: 'Sequence diagram' }).waitFor();
  // The instant, and a beat that is written now.
  const spoken = (): Promise<string | null> => second.locator('[aria-live=polite]').first().textContent();
  await page.keyboard.press('End');
  await expect.poll(spoken).toMatch(/[1-9][\d.]* ms/);
  await page.keyboard.press('b');
  await page.getByRole('textbox', { name: 'Sentence of beat' }).waitFor();
  await page.keyboard.type('Here it ends.');
  await page.keyboard.press('Enter');
  await expect.poll(() => second.locator('.sentence').innerText()).toBe('Here it ends.');
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption('lost-syn');
  await expect.poll(label).toContain('SYN');
});
