import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { headerPolicy } from '../../scripts/policy.mjs';
import { serve } from '../../scripts/serve.mjs';
import { journey } from '../support/journey.ts';
import { root } from '../support/paths.ts';
import { axe, playheadMs, ready } from './support.ts';

journey('works offline after the first load, also what was not needed yet', async ({ open }) => {
  const page = await open('', { serviceWorkers: 'allow' });
  await ready(page);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await page.reload();
  await ready(page);
  const figure = page.getByRole('figure', { name: 'Sequence diagram' });
  await expect.poll(() => figure.count()).toBe(1);
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption({ label: 'Lost SYN' });
  await expect.poll(() => page.title()).toContain('Lost SYN');
  // An address of its own is the same page.
  await page.goto(new URL('?scenario=lost-syn', page.url()).href);
  await ready(page);
  await expect.poll(() => page.title()).toContain('Lost SYN');
});

journey('offline: a scene in a frame, a tour, the library for other pages, and every export', async ({ open }) => {
  const page = await open('', { reducedMotion: 'reduce', serviceWorkers: 'allow' });
  await ready(page);
  const keeps = (which: string): Promise<number> =>
    page.evaluate(async (what) => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return all.flat().filter(({ url }) => new RegExp(what).test(url)).length;
    }, which);
  // What few need comes when the page has nothing else to do.
  await expect.poll(() => keeps('standalone|pptxgen|video'), { timeout: 30_000 }).toBe(3);
  await page.reload();
  await ready(page);
  const element = (): Promise<void> =>
    page.evaluate(async () => {
      const script = document.createElement('script');
      script.type = 'module';
      script.src = 'embed/roundtrip.js';
      document.head.append(script);
      await customElements.whenDefined('roundtrip-scene');
      const scene = document.createElement('roundtrip-scene') as HTMLElement & { whenReady: Promise<unknown> };
      scene.setAttribute('scenario', 'lost-syn');
      document.body.prepend(scene);
      await scene.whenReady;
    });
  await element();
  // The library is kept with parts that this scene has not needed.
  await expect.poll(() => keeps('embed/parts/'), { timeout: 30_000 }).toBeGreaterThan(30);
  await page.context().setOffline(true);
  await page.reload();
  await ready(page);
  await element();
  await expect
    .poll(() => page.locator('roundtrip-scene').getByRole('figure', { name: 'Sequence diagram' }).count())
    .toBe(1);

  await page.goto(new URL('?embed&scenario=tour-http2-loss', page.url()).href);
  await page.locator('.sentence').waitFor();
  await expect.poll(() => page.locator('[data-roundtrip]').getAttribute('aria-label')).toContain('HTTP/2');

  await page.goto(new URL('./?scenario=handshake', page.url()).href);
  await ready(page);
  for (const [name, ending] of [
    ['Picture as SVG', '.svg'],
    ['Picture as PNG', '.png'],
    ['Slides as PowerPoint', '.pptx'],
    ['Page in one file', '.html'],
  ] as const) {
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const made = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    expect((await made).suggestedFilename()).toContain(ending);
  }
});

journey('a newer build is told of, taken when the viewer wants it, and the scene stays', async ({ open }) => {
  const site = mkdtempSync(join(tmpdir(), 'roundtrip-newer-'));
  cpSync(join(root, 'dist'), site, { recursive: true });
  // Nothing comes from the browser's own cache: here files change under their names.
  const headers = { 'Content-Security-Policy': headerPolicy, 'Cache-Control': 'no-store' };
  const { url, close } = await serve({ root: site, headers });
  const page = await open(url, { serviceWorkers: 'allow' });
  try {
    await ready(page);
    await page.evaluate(async () => navigator.serviceWorker.ready);
    await page.reload();
    await ready(page);
    await page.keyboard.press('End');
    const end = await playheadMs(page);
    await page.waitForTimeout(700);
    const notice = page.locator('.notice');
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    expect(await notice.count()).toBe(0);

    // Another build: what the page starts with has another name, wherever it is named.
    const next = 'first-newerbuild.js';
    const entry = /assets\/(first-[^"]+\.js)/.exec(readFileSync(join(site, 'index.html'), 'utf8'))?.[1] ?? '';
    renameSync(join(site, 'assets', entry), join(site, 'assets', next));
    const scripts = readdirSync(join(site, 'assets')).filter((name) => name.endsWith('.js'));
    for (const file of ['index.html', 'sw.js', ...scripts.map((name) => join('assets', name))]) {
      const text = readFileSync(join(site, file), 'utf8');
      if (text.includes(entry)) writeFileSync(join(site, file), text.replaceAll(entry, next));
    }
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await expect.poll(() => notice.innerText()).toContain('A newer version is here');
    await expect.poll(() => axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start it' }).click();
    await page.waitForFunction((name) => document.querySelector(`script[src*="${name}"]`) !== null, next);
    await ready(page);
    await expect.poll(() => playheadMs(page)).toBe(end);
    await page.waitForTimeout(500);
    expect(await notice.count()).toBe(0);
  } finally {
    await close();
    rmSync(site, { recursive: true, force: true });
  }
});
