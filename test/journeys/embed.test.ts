import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { buildEmbedOnce } from '../../scripts/embed.mjs';
import { serve } from '../../scripts/serve.mjs';
import { pack } from '../../src/session/address/pack.ts';
import { journey } from '../support/journey.ts';
import { root } from '../support/paths.ts';

/** The example decks stand in the project as a reader finds them: served with it. */
let site: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  await buildEmbedOnce();
  site = await serve({ root });
}, 120_000);
afterAll(() => site.close());

interface Shown {
  readonly packet: number;
  readonly trace: { readonly packets: { readonly fate: Readonly<Record<number, number>> } };
}
const example = (path: string): string => new URL(`examples/${path}`, site.url).href;
interface Deck {
  getIndices(): { h: number; f?: number };
  getTotalSlides(): number;
}
const place = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { h, f } = (globalThis as unknown as { deck: Deck }).deck.getIndices();
    return `${String(h)}.${String(f ?? -1)}`;
  });
const beatOf = (page: Page): Promise<number> =>
  page.locator('roundtrip-scene').evaluate((scene) => (scene as HTMLElement & { beat: number }).beat);
const steps = (page: Page, slide: number): Promise<number> =>
  page.locator('.slides > section').nth(slide).locator('.roundtrip-beat').count();

journey('a deck steps through the beats of an element and of a frame, forward and back', async ({ open }) => {
  const page = await open(example('reveal/index.html'), { reducedMotion: 'reduce' });
  await page.waitForFunction('globalThis.deck?.isReady()');
  await expect.poll(() => steps(page, 1)).toBe(2);
  await expect.poll(() => steps(page, 2)).toBe(1);
  const sentence = page.locator('roundtrip-scene').locator('.sentence');
  const framed = page.frameLocator('iframe').locator('.sentence');

  await page.keyboard.press('ArrowRight');
  await expect.poll(() => place(page)).toBe('1.-1');
  await expect.poll(() => sentence.innerText()).toBe('Segment #30 of 692 dies on the wire.');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => beatOf(page)).toBe(1);
  await page.keyboard.press('PageDown');
  await expect.poll(() => beatOf(page)).toBe(2);
  await expect.poll(() => sentence.innerText()).toContain('43 ms of waiting');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => place(page)).toBe('2.-1');
  await expect.poll(() => framed.innerText()).toBe('The SYN is on its way.');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => framed.innerText()).toBe('After one round trip the client may send.');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => place(page)).toBe('3.-1');

  // Back: each beat is there, finished.
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => place(page)).toBe('2.0');
  await expect.poll(() => framed.innerText()).toBe('After one round trip the client may send.');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => place(page)).toBe('1.1');
  await expect.poll(() => beatOf(page)).toBe(2);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => beatOf(page)).toBe(1);
});

journey('the deck is never stuck: what a focused scene does not use is the deck’s', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/1`, { reducedMotion: 'reduce' });
  await page.waitForFunction('globalThis.deck?.isReady()');
  await expect.poll(() => steps(page, 1)).toBe(2);
  await expect.poll(() => page.evaluate('document.activeElement === document.body')).toBe(true);
  // A figure that has the focus walks its packets with arrows; the remote's pages stay the deck's.
  const figure = page.locator('roundtrip-scene').getByRole('application').first();
  await figure.click({ position: { x: 300, y: 200 } });
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => place(page)).toBe('1.-1');
  await page.keyboard.press('PageDown');
  await expect.poll(() => place(page)).toBe('1.0');

  await page.evaluate('deck.slide(2)');
  await expect.poll(() => steps(page, 2)).toBe(1);
  await page.frameLocator('iframe').getByRole('button', { name: 'Play' }).focus();
  await page.keyboard.press('PageDown');
  await expect.poll(() => place(page)).toBe('2.0');
  await page.keyboard.press('PageDown');
  await expect.poll(() => place(page)).toBe('3.-1');
});

journey('on paper each beat is a page of its own', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}?print-pdf`);
  await page.waitForFunction('globalThis.deck?.isReady()');
  await expect.poll(() => page.locator('.roundtrip-poster').count()).toBe(5);
  const isDrawn = await page
    .locator('.roundtrip-poster')
    .evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth >= 1000));
  expect(isDrawn).toBe(true);
  await expect.poll(() => page.locator('roundtrip-scene, iframe').count()).toBe(0);
});

journey('a frame hears the page around it and nobody else, and takes no nonsense', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/2`, { reducedMotion: 'reduce' });
  const framed = page.frameLocator('iframe').locator('.sentence');
  await framed.waitFor();
  const first = await framed.innerText();
  const frame = (await (await page.locator('iframe').elementHandle()).contentFrame())!;
  // From itself, which is not the page around it.
  await frame.evaluate(() => {
    window.postMessage({ roundtrip: 1, type: 'beat', beat: 1 }, '*');
  });
  await page.evaluate(() => {
    const own = document.querySelector('iframe')!.contentWindow!;
    for (const nonsense of [
      null,
      'slide:never',
      7,
      { roundtrip: 1, type: 'beat', beat: 1e6 },
      { roundtrip: 9, type: 'play' },
    ])
      own.postMessage(nonsense, '*');
  });
  await page.waitForTimeout(200);
  await expect.poll(() => framed.innerText()).toBe(first);
  // A broken state is told in the scene, and what is shown stays.
  await page.evaluate(() => {
    document
      .querySelector('iframe')!
      .contentWindow!.postMessage({ roundtrip: 1, type: 'set', state: 'scenario=none-such' }, '*');
  });
  await page.frameLocator('iframe').getByRole('alert').waitFor();
  await expect.poll(() => framed.innerText()).toBe(first);
  await page.evaluate(() => {
    document.querySelector('iframe')!.contentWindow!.postMessage({ roundtrip: 1, type: 'beat', beat: 1 }, '*');
  });
  await expect.poll(() => framed.innerText()).toBe('After one round trip the client may send.');
});

journey('an element plays, seeks and shares its clock', async ({ open }) => {
  const page = await open(example('plain/index.html'));
  const at = (id: string): Promise<number> =>
    page.locator(`#${id}`).evaluate((scene) => (scene as unknown as HTMLMediaElement).currentTime);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('roundtrip-scene')].every(
      (scene) => (scene as unknown as HTMLMediaElement).duration > 0,
    ),
  );
  await page.locator('#right').scrollIntoViewIfNeeded();
  await page.locator('#right').evaluate((scene) => {
    (scene as unknown as HTMLMediaElement).currentTime = 0.25;
  });
  await expect.poll(() => at('left')).toBe(0.25);
  await expect.poll(() => at('first')).toBe(0.1864);
  const heard = await page.locator('#right').evaluate(
    (scene) =>
      new Promise<string>((done) => {
        scene.addEventListener('ended', () => done('ended'), { once: true });
        const media = scene as unknown as HTMLMediaElement;
        media.playbackRate = 2;
        void media.play();
      }),
  );
  expect(heard).toBe('ended');
  // Without its loss the left one is over sooner.
  expect(await at('left')).toBeLessThan(await at('right'));
  const isOver = await page.locator('#left').evaluate((scene) => {
    const { currentTime, duration } = scene as unknown as HTMLMediaElement;
    return currentTime === duration;
  });
  expect(isOver).toBe(true);
});

journey('one classic script works from disk, and a scaled figure is hit where it is seen', async ({ open }) => {
  const page = await open(pathToFileURL(join(root, 'examples/plain/from-disk.html')).href, { offline: true });
  const scene = page.locator('#scene');
  await scene.locator('.sentence').waitFor();
  await expect.poll(() => scene.locator('.sentence').innerText()).toMatch(/^1 of \d+ segments is lost\.$/);
  const box = (await scene.getByRole('application').first().boundingBox())!;
  const tip = scene.locator('.tip');
  const told = async (): Promise<string> => (await tip.allInnerTexts()).join();
  // Along the way of the lost one, until the pointer is over it.
  for (let part = 0.15; part < 0.6 && !(await told()).includes('lost'); part += 0.01) {
    await page.mouse.move(box.x + box.width * part, box.y + box.height * 0.35);
    await page.waitForTimeout(30);
  }
  await expect.poll(told).toContain('Segment #12');
  await page.mouse.down();
  await page.mouse.up();
  const packet = await scene.evaluate(
    (one) => (one as HTMLElement & { host: { scene: { packet: number } } }).host.scene.packet,
  );
  const fate = await scene.evaluate((one) => {
    const { trace, packet: row } = (one as HTMLElement & { host: { scene: Shown } }).host.scene;
    return trace.packets.fate[row];
  });
  expect(packet).toBeGreaterThan(0);
  expect(fate).not.toBe(0);
});

journey('a thousand beats and a torn link are told, not fatal', async ({ open }) => {
  const many = await pack(Array.from({ length: 1000 }, (_, i) => ({ at: i, say: 'x' })));
  const page = await open(`?embed&scenario=handshake&beats=${many}`);
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('beats');
  const torn = await open(`?embed&scenario=handshake&beats=${many.slice(0, 40)}`);
  await torn.getByRole('figure', { name: 'Sequence diagram' }).waitFor();
  await expect.poll(() => torn.getByRole('alert').innerText()).toContain('damaged');
});
