import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import { run } from '../../src/engine/network/run.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { journey } from '../support/journey.ts';
import { scenarioOf, small } from '../session/lossy.ts';
import { playheadMs, ready } from './support.ts';

const real = new URL('../../../shared/fixtures/linux/A4-cubic/server.pcap', import.meta.url);
const capture = (): { name: string; mimeType: string; buffer: Buffer } =>
  existsSync(real)
    ? { name: 'server.pcap', mimeType: 'application/octet-stream', buffer: readFileSync(real) }
    : {
        name: 'server.pcapng',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(writePcapng(run(scenarioOf(small)), 'server')),
      };
const json = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
const choose = (page: Page, file: { name: string; mimeType: string; buffer: Buffer }): Promise<void> =>
  page.locator('input[type=file]').setInputFiles(file);

journey('a capture is opened here, drawn, and said to be measured', async ({ open }) => {
  const page = await open();
  await ready(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.method()));
  const file = capture();
  await choose(page, file);
  await expect.poll(() => page.locator('.facts').innerText()).toContain('measured');
  await expect.poll(() => page.getByRole('combobox', { name: 'Scenario' }).inputValue()).toBe('');
  await page.getByRole('table', { name: 'Packets' }).locator('tr[data-packet]').nth(3).click();
  await expect.poll(() => page.getByRole('button', { name: 'Drop packet' }).count()).toBe(0);
  await page.getByText('A capture cannot be run again').waitFor();
  // Nothing was sent anywhere but for scripts of the page itself.
  expect(asked.filter((method) => method !== 'GET')).toEqual([]);
});

journey('a capture can be dropped on the page', async ({ open }) => {
  const page = await open();
  await ready(page);
  const bytes = [...capture().buffer];
  await page.evaluate(
    ({ bytes: data, name }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(data)], name));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
    },
    { bytes, name: capture().name },
  );
  await expect.poll(() => page.locator('.facts').innerText()).toContain('measured');
});

journey('bad files get a sentence, and the picture stays', async ({ open }) => {
  const page = await open();
  await ready(page);
  const stood = await playheadMs(page);
  const title = await page.title();
  const notice = page.getByRole('alert');
  for (const [file, words] of [
    [{ name: 'notes.pcap', mimeType: 'text/plain', buffer: Buffer.from('hello') }, /notes\.pcap/],
    [{ name: 'empty.pcap', mimeType: 'text/plain', buffer: Buffer.alloc(0) }, /empty/],
    [json('broken.json', '{"roundtrip": 1,'), /broken\.json/],
    [json('loss.json', '{"roundtrip":1,"path":{"loss":[{"dir":"down","rate":3}]},"flows":[{}]}'), /loss\.json.*rate/],
    [json('key.json', '{"roundtrip":1,"flows":[{}],"speeed":1}'), /key\.json.*speeed/],
  ] as const) {
    await choose(page, file);
    await expect.poll(() => notice.innerText()).toMatch(words);
    await expect.poll(() => page.title()).toBe(title);
    await expect.poll(() => playheadMs(page)).toBe(stood);
    await notice.getByRole('button').click();
  }
});

journey('a scenario file is run', async ({ open }) => {
  const page = await open();
  await ready(page);
  await choose(page, json('mine.json', JSON.stringify(small)));
  await expect.poll(() => page.locator('.facts').innerText()).toContain('40 kB');
  await expect.poll(() => page.title()).toContain('Small');
});

journey('every export makes its file', async ({ open }) => {
  const page = await open();
  await ready(page);
  for (const [name, ending, head] of [
    ['Picture as SVG', '.svg', '<svg'],
    ['Picture as PNG', '.png', '\x89PNG'],
    ['Packets as pcapng', '.pcapng', '\x0a\x0d\x0d\x0a'],
    ['Scenario as JSON', '.json', '{'],
  ] as const) {
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`one-lost-segment${ending}`);
    expect(
      readFileSync(await file.path())
        .toString('latin1')
        .slice(0, head.length),
    ).toBe(head);
  }
});

journey('a HAR file shows what was measured, is played in the simulator, and comes back', async ({ open }) => {
  const page = await open();
  await ready(page);
  const entry = (path: string, at: number) => ({
    startedDateTime: new Date(Date.parse('2024-01-01T00:00:00Z') + at).toISOString(),
    timings: { send: 0, wait: 50, receive: 10 },
    request: { method: 'GET', url: `https://shop.example${path}`, httpVersion: 'h2', bodySize: 0 },
    response: { status: 200, httpVersion: 'h2', bodySize: 1000, content: { size: 4000 } },
  });
  const log = { version: '1.2', creator: { name: 'hand' }, entries: [entry('/', 0), entry('/a.css', 70)] };
  await choose(page, json('shop.har', JSON.stringify({ log })));
  await page.getByRole('figure', { name: 'Waterfall' }).or(page.getByLabel('Waterfall')).first().waitFor();
  await expect.poll(() => page.locator('.facts').innerText()).toContain('2 requests · measured');
  await page.getByRole('button', { name: 'Play it in the simulator' }).click();
  await page.getByRole('heading', { name: 'Measured, and modelled' }).waitFor();
  await page.getByText(/^Modelled: a round trip of/).waitFor();
  await page.getByRole('button', { name: 'Back to what was measured' }).click();
  await expect.poll(() => page.locator('.facts').innerText()).toContain('2 requests · measured');
});
