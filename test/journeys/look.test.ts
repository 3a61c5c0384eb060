import { expect } from 'vitest';
import { measure } from '../../src/figure/measure.ts';
import { journey } from '../support/journey.ts';
import { ready } from './support.ts';

journey('the theme follows the system, the button overrules it, and it is remembered', async ({ open }) => {
  const page = await open('', { colorScheme: 'dark' });
  await ready(page);
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
  await expect.poll(theme).toBe('dark');
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('radio', { name: 'Print' }).click();
  await expect.poll(theme).toBe('print');
  await page.getByRole('radio', { name: 'Light' }).click();
  await expect.poll(theme).toBe('light');
  // The address is written once the viewer has come to rest.
  await page.waitForTimeout(700);
  await page.reload();
  await ready(page);
  await expect.poll(theme).toBe('light');
});

journey.for([
  [1280, 720],
  [1440, 900],
  [1920, 1080],
  [390, 844],
  [844, 390],
  [320, 256],
] as const)('nothing sticks out at %i × %i', async ([width, height], { open }) => {
  const page = await open('', { viewport: { width, height }, hasTouch: width < 900 });
  await ready(page);
  const out = await page.evaluate(() => {
    const wrong: string[] = [];
    // Where there is little height the page is a column that scrolls.
    const column = innerHeight <= 480 && document.documentElement.scrollHeight > innerHeight;
    if (document.documentElement.scrollWidth > innerWidth)
      wrong.push(`page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of document.querySelectorAll<HTMLElement>(
      'button, select, input:not([type=file]), [role=slider], canvas',
    )) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const scrolls = element.closest('.inside, .scroll, .box, .stage') !== null;
      if (box.left < -1 || box.right > innerWidth + 1)
        wrong.push(`${element.outerHTML.slice(0, 80)} at x ${box.left}–${box.right}`);
      if (!scrolls && !column && (box.top < -1 || box.bottom > innerHeight + 1))
        wrong.push(`${element.outerHTML.slice(0, 80)} at y ${box.top}–${box.bottom}`);
    }
    return wrong;
  });
  expect(out).toEqual([]);
});

journey('targets are at least 24 px', async ({ open }) => {
  const page = await open();
  await ready(page);
  await page.getByRole('table', { name: 'Packets' }).locator('tr[data-packet]').nth(3).click();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, select, input:not([type=file])')]
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(
        ({ element, box }) =>
          box.width > 0 && (box.width < 23.5 || box.height < 23.5) && element.closest('dl') === null,
      )
      .map(({ element, box }) => `${element.outerHTML.slice(0, 90)} ${box.width}×${box.height}`),
  );
  expect(small).toEqual([]);
});

journey('with reduced motion, playing jumps from event to event', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce' });
  await ready(page);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.waitForTimeout(600);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect.poll(() => page.locator('.instant').innerText()).toMatch(/ms/);
});

journey('words in a picture are as wide as they were laid out', async ({ open }) => {
  const page = await open('?scenario=one-lost-segment');
  await ready(page);
  const text = 'HTTP/1.1 · 111.1 ms';
  const drawn = await page.evaluate(async (words) => {
    await document.fonts.ready;
    const c = document.querySelector<HTMLCanvasElement>('.surface canvas')?.getContext('2d');
    if (!c) return NaN;
    c.font = '600 100px "Inter Variable"';
    return c.measureText(words).width;
  }, text);
  // The table has whole thousandths of an em; digits of one width would be a tenth more.
  const laid = measure(text, 'sans', 100, 600);
  expect(Math.abs(drawn / laid - 1)).toBeLessThan(0.03);
});

journey('an observer sees how long a packet of QUIC is, and the page tells nothing more of it', async ({ open }) => {
  const page = await open('?scenario=http3-one-loss&sees=wiretap&show=sequence,streams');
  await ready(page);
  await page.getByRole('searchbox', { name: 'Filter the packets' }).fill('protected');
  await page.getByText('954 packets match').waitFor({ state: 'attached' });
  await page
    .getByText(/bytes, protected$/)
    .first()
    .click();
  const inspector = page.getByRole('region', { name: 'Inspector' });
  await inspector
    .getByText('An observer cannot tell: what this packet acknowledges and carries is protected.')
    .waitFor();
  expect(await page.locator('#inspector-title').innerText()).toMatch(/^(Handshake|1-RTT) [\d,]+ bytes, protected/);
  const said = `${await inspector.innerText()} ${await page.locator('tbody').innerText()}`;
  expect(said).not.toMatch(/#\d|stream \d|STREAM|HEADERS|Packet number\n/);
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await page.getByText('Headers and their tables are encrypted').waitFor();
  const streams = page.getByRole('figure', { name: 'Streams' });
  expect(await streams.locator('figcaption').innerText()).toMatch(/an observer sees one flow of packets\.$/);
});
