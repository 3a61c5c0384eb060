import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { serve } from '../../scripts/serve.mjs';
import { journey } from '../support/journey.ts';
import { root } from '../support/paths.ts';

/** The element in pages of other people, as they are written: one script, some markup, a policy of their own. */
let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  site = await serve({ root });
});
afterAll(() => site.close());

interface Scene extends HTMLElement {
  beat: number;
  readonly beatCount: number;
  readonly paused: boolean;
  currentTime: number;
  playbackRate: number;
  readonly host: { look: { value: unknown } } | null;
  readonly whenReady: Promise<{ state(): Promise<string> }>;
  play(): void;
}
const loss = readFileSync(join(root, 'examples/reveal/loss.json'), 'utf8');
const script = '<script type="module" src="dist/embed/roundtrip.js"></script>';
/** A page of somebody's, with its policy; what it logs is not judged here. */
const write = async (
  browser: Browser,
  body: string,
  { policy, ...options }: BrowserContextOptions & { readonly policy?: string } = {},
): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.route(`${site.url}page.html`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: policy === undefined ? {} : { 'content-security-policy': policy },
      body: `<!doctype html><html lang="en"><title>Somebody’s page</title><body>${body}</body></html>`,
    }),
  );
  await page.goto(`${site.url}page.html`);
  return page;
};
const scene = (page: Page) => page.locator('roundtrip-scene').first();
const get = <T>(page: Page, read: (scene: Scene) => T | Promise<T>): Promise<T> =>
  scene(page).evaluate(read as unknown as (element: Element) => T);
const figure = (page: Page) => scene(page).getByRole('figure', { name: 'Sequence diagram' });

journey('a policy that forbids workers, blobs and inline styles: it runs in the page', async ({ browser }) => {
  const page = await write(browser, `${script}<roundtrip-scene scenario="one-lost-segment"></roundtrip-scene>`, {
    policy: "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; worker-src 'none'",
  });
  await figure(page).waitFor();
  await expect.poll(() => get(page, ({ currentTime }) => currentTime)).toBe(0.1864);
  expect(page.workers()).toHaveLength(0);
  // Its styles are there: the figure has the room that they give it.
  const height = async (): Promise<number> => (await figure(page).boundingBox())?.height ?? 0;
  await expect.poll(height).toBeGreaterThan(100);
  await expect
    .poll(() =>
      scene(page)
        .locator('.bar')
        .evaluate((bar) => getComputedStyle(bar).display),
    )
    .toBe('flex');
  await page.context().close();
});

journey('its own address is enough for a worker where blobs are forbidden', async ({ browser }) => {
  const page = await write(browser, `${script}<roundtrip-scene scenario="one-lost-segment"></roundtrip-scene>`, {
    policy: "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'",
  });
  await figure(page).waitFor();
  await expect.poll(() => page.workers().length).toBe(1);
  await page.context().close();
});

journey('attributes that change: the last one is what is shown', async ({ browser }) => {
  const page = await write(browser, `${script}<roundtrip-scene scenario="one-lost-segment"></roundtrip-scene>`);
  await figure(page).waitFor();
  await get(page, (one) => {
    for (const name of ['lost-syn', 'tls13', 'handshake']) one.setAttribute('scenario', name);
    one.setAttribute('t', '20');
    one.setAttribute('chrome', 'none');
  });
  const label = (): Promise<string | null> => scene(page).locator('[data-roundtrip]').getAttribute('aria-label');
  await expect.poll(label).toContain('The handshake');
  await expect.poll(() => get(page, ({ currentTime }) => currentTime)).toBe(0.02);
  await expect.poll(() => scene(page).getByRole('button').count()).toBe(0);
  // Slow and overtaken: an answer that comes late changes nothing.
  await page.route('**/slow.json', async (route) => {
    await new Promise((done) => setTimeout(done, 700));
    await route.fulfill({ contentType: 'application/json', body: loss });
  });
  const late = page.waitForResponse('**/slow.json');
  await get(page, (one) => one.setAttribute('src', 'slow.json'));
  await get(page, async (one) => {
    await new Promise((done) => setTimeout(done, 100));
    one.removeAttribute('src');
    one.setAttribute('scenario', 'lost-syn');
  });
  await expect.poll(label).toContain('SYN');
  await late;
  await expect.poll(() => get(page, ({ beatCount }) => beatCount)).toBe(0);
  await expect.poll(label).toContain('SYN');
  await page.context().close();
});

journey('moved within the page it goes on; taken out and put back it begins again', async ({ browser }) => {
  const page = await write(
    browser,
    `${script}<main><roundtrip-scene src="examples/reveal/loss.json"></roundtrip-scene></main><aside></aside>`,
    { reducedMotion: 'reduce' },
  );
  await figure(page).waitFor();
  await expect.poll(() => get(page, ({ beatCount }) => beatCount)).toBe(3);
  await get(page, (one) => {
    one.beat = 2;
    document.querySelector('aside')!.append(one);
  });
  await expect.poll(() => get(page, ({ beat }) => beat)).toBe(2);
  await expect.poll(() => figure(page).count()).toBe(1);
  // Again and again, as a page of a router does: one scene at the end, from its beginning.
  await page.evaluate(async () => {
    const one = document.querySelector('roundtrip-scene')!;
    for (let k = 0; k < 5; k++) {
      one.remove();
      await new Promise((done) => setTimeout(done, k * 10));
      document.querySelector('main')!.append(one);
    }
  });
  await figure(page).waitFor();
  await expect.poll(() => scene(page).locator('[data-roundtrip]').count()).toBe(1);
  await expect.poll(() => get(page, ({ beat, beatCount }) => [beat, beatCount])).toEqual([0, 3]);
  await page.context().close();
});

journey('two copies of the library on one page: the first serves all', async ({ browser }) => {
  const errors: string[] = [];
  const page = await write(
    browser,
    `${script}<script src="dist/embed/roundtrip.classic.js"></script>
     <roundtrip-scene scenario="handshake"></roundtrip-scene><roundtrip-scene scenario="lost-syn"></roundtrip-scene>`,
  );
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.addScriptTag({ url: 'dist/embed/roundtrip.js?another', type: 'module' });
  const drawn = page.locator('roundtrip-scene').getByRole('figure', { name: 'Sequence diagram' });
  await expect.poll(() => drawn.count()).toBe(2);
  expect(errors).toEqual([]);
  await page.context().close();
});

journey('it plays only while it is seen, and where it was left it goes on', async ({ browser }) => {
  const page = await write(
    browser,
    `${script}<div style="height:2000px"></div>
     <roundtrip-scene scenario="one-lost-segment" autoplay t="0"></roundtrip-scene><div style="height:2000px"></div>`,
  );
  const state = (): Promise<boolean> => get(page, ({ paused }) => paused);
  await get(page, async (one) => void (await one.whenReady));
  await expect.poll(state).toBe(true);
  await scene(page).scrollIntoViewIfNeeded();
  await expect.poll(state).toBe(false);
  await page.evaluate('scrollTo(0, 0)');
  await expect.poll(state).toBe(true);
  const left = await get(page, ({ currentTime }) => currentTime);
  await scene(page).scrollIntoViewIfNeeded();
  await expect.poll(state).toBe(false);
  await expect.poll(() => get(page, ({ currentTime }) => currentTime)).toBeGreaterThan(left);
  await page.context().close();
});

journey('a wheel scrolls the page; with Ctrl it zooms the scene', async ({ browser }) => {
  const page = await write(
    browser,
    `${script}<roundtrip-scene scenario="one-lost-segment"></roundtrip-scene><div style="height:3000px"></div>`,
  );
  await figure(page).waitFor();
  const range = (): Promise<string> =>
    get(page, async (one) => {
      const keys = new URLSearchParams(await (await one.whenReady).state());
      return `${String(keys.get('from'))}~${String(keys.get('to'))}`;
    });
  const before = await range();
  const scrolled = (): Promise<number> => page.evaluate('scrollY');
  await page.mouse.move(500, 250);
  await page.mouse.wheel(0, 120);
  await expect.poll(scrolled).toBe(120);
  await expect.poll(range).toBe(before);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  await expect.poll(range).not.toBe(before);
  await expect.poll(scrolled).toBe(120);
  await page.context().close();
});

journey('unwanted motion: a beat is there at once', async ({ browser }) => {
  const page = await write(browser, `${script}<roundtrip-scene src="examples/reveal/loss.json"></roundtrip-scene>`, {
    reducedMotion: 'reduce',
  });
  await figure(page).waitFor();
  await get(page, async (one) => void (await one.whenReady));
  const at = await get(page, (one) => {
    one.beat = 2;
    return new Promise<number>((done) => setTimeout(() => done(one.currentTime)));
  });
  // The player is loaded for it; the way of 42 ms of the run would take seconds.
  expect([0.113, 0.2055]).toContain(at);
  await expect.poll(() => get(page, ({ currentTime }) => currentTime)).toBe(0.2055);
  await page.context().close();
});

journey('scaled down on a slide without ground, no strip of the last picture stays', async ({ browser }) => {
  const page = await write(
    browser,
    `${script}<div style="width:900px;transform:scale(0.6);transform-origin:0 0">
       <roundtrip-scene src="examples/reveal/loss.json" ground="none" chrome="none"></roundtrip-scene></div>`,
    { reducedMotion: 'reduce' },
  );
  await figure(page).waitFor();
  await get(page, async (one) => void (await one.whenReady));
  const canvas = figure(page).locator('canvas').first();
  const picture = (): Promise<string> => canvas.evaluate((one) => (one as HTMLCanvasElement).toDataURL());
  const go = async (beat: number, at: number): Promise<string> => {
    await scene(page).evaluate((one, to) => ((one as Scene).beat = to), beat);
    await expect.poll(() => get(page, ({ currentTime }) => currentTime)).toBe(at);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    return picture();
  };
  const first = await go(1, 0.163);
  expect(await go(2, 0.2055)).not.toBe(first);
  expect(await go(1, 0.163)).toBe(first);
  await page.context().close();
});

journey('on paper: the beat that “poster” names, alone', async ({ browser }) => {
  const page = await write(
    browser,
    `${script}<roundtrip-scene src="examples/reveal/loss.json" poster="3" palette="outcome"></roundtrip-scene>`,
  );
  await figure(page).waitFor();
  const paper = scene(page).locator('img.paper');
  await expect.poll(() => paper.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(1000);
  await expect.poll(() => paper.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'print' });
  await expect.poll(() => paper.isVisible()).toBe(true);
  const words = await paper.getAttribute('src');
  expect(decodeURIComponent(words ?? '')).toContain('The repair is there');
  await page.context().close();
});
