import { expect } from 'vitest';
import { journey } from '../support/journey.ts';
import { examples } from '../support/examples.ts';

const example = examples();

journey('a deck on paper: the beat that “poster” names, alone, of an element and of a frame', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.route('**/examples/reveal/index.html*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text())
      .replace('<roundtrip-scene ', '<roundtrip-scene poster="3" palette="outcome" ')
      .replace('?embed&amp;', '?embed&amp;poster=2&amp;');
    expect(body).toMatch(/poster="3".*poster=2/s);
    await route.fulfill({ response: answer, body });
  });
  await page.goto(`${example('reveal/index.html')}?print-pdf`);
  await page.waitForFunction('globalThis.deck?.isReady()');
  const posters = page.locator('.roundtrip-poster');
  await expect.poll(() => posters.count()).toBe(2);
  await expect
    .poll(() => posters.evaluateAll((all) => all.every((one) => (one as HTMLImageElement).naturalWidth >= 1000)))
    .toBe(true);
  const [ofElement = '', ofFrame = ''] = await posters.evaluateAll((all) =>
    all.map((one) => decodeURIComponent((one as HTMLImageElement).src)),
  );
  expect(ofElement).toContain('The repair is there');
  // By outcome, what arrived is green: no blue of data is left.
  expect(ofElement).not.toContain('#0072B2');
  expect(ofElement).toContain('#00795B');
  expect(ofFrame).toContain('<svg');
  expect(ofFrame).not.toContain('The repair is there');
  // Four slides: a page each, and no page more for the beats that stay away.
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(4);
  expect(complaints).toEqual([]);
  await context.close();
});
