import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { examples } from '../support/examples.ts';
import { journey } from '../support/journey.ts';

const example = examples();
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

journey('autoplay: a scene without beats plays on its slide, and stands still on every other', async ({ open }) => {
  const page = await open(example('reveal/index.html'), { reducedMotion: 'no-preference' });
  await page.route('**/reveal/index.html', async (route) => {
    const deck = await (await route.fetch()).text();
    const told = deck.replace('src="loss.json"', 'scenario="one-lost-segment" t="0" autoplay');
    expect(told).not.toBe(deck);
    await route.fulfill({ contentType: 'text/html', body: told });
  });
  await page.reload();
  await page.waitForFunction('globalThis.deck?.isReady()');
  const paused = (): Promise<boolean> =>
    page.locator('roundtrip-scene').evaluate(async (scene) => {
      const host = await (scene as HTMLElement & { whenReady: Promise<{ paused: boolean }> }).whenReady;
      return host.paused;
    });
  expect(await paused()).toBe(true);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => place(page)).toBe('1.-1');
  await expect.poll(paused).toBe(false);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => place(page)).toBe('0.-1');
  await expect.poll(paused).toBe(true);
});

journey('a question in a deck takes two clicks: the room is asked, then the run answers', async ({ open }) => {
  const page = await open(example('reveal/index.html'), { reducedMotion: 'reduce' });
  await page.route('**/reveal/loss.json', async (route) => {
    const scenario = (await (await route.fetch()).json()) as { beats: object[] };
    const ask = { say: 'Who waits?', answers: [{ say: 'What came behind it', right: true }, { say: 'Nobody' }] };
    const beats = scenario.beats.map((beat, i) => (i === 1 ? { ...beat, ask } : beat));
    await route.fulfill({ json: { ...scenario, beats } });
  });
  await page.reload();
  await page.waitForFunction('globalThis.deck?.isReady()');
  await expect.poll(() => steps(page, 1)).toBe(3);
  const scene = page.locator('roundtrip-scene');
  const sentence = scene.locator('.sentence');
  const right = scene.getByRole('button', { name: /What came behind it\s*, right/ });
  const asked = async (): Promise<[number, number, number]> => [
    await beatOf(page),
    await right.count(),
    await sentence.count(),
  ];
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(asked).toEqual([1, 0, 0]);
  await page.keyboard.press('ArrowRight');
  await expect.poll(asked).toEqual([1, 1, 1]);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => beatOf(page)).toBe(2);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(asked).toEqual([1, 1, 1]);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(asked).toEqual([1, 0, 0]);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => beatOf(page)).toBe(0);
});

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

journey('nothing plays in the overview, or behind another slide', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/1`);
  await expect.poll(() => steps(page, 1)).toBe(2);
  const scene = page.locator('roundtrip-scene');
  const isPaused = (): Promise<boolean> => scene.evaluate((one) => (one as unknown as HTMLMediaElement).paused);
  await scene.evaluate((one) => {
    (one as unknown as HTMLMediaElement).playbackRate = 0.001;
    void (one as unknown as HTMLMediaElement).play();
  });
  await expect.poll(isPaused).toBe(false);
  await page.evaluate('deck.toggleOverview(true)');
  await expect.poll(isPaused).toBe(true);
  await page.evaluate('deck.toggleOverview(false)');
  await expect.poll(isPaused).toBe(false);
  await page.evaluate('deck.togglePause(true)');
  await expect.poll(isPaused).toBe(true);
  await page.evaluate('deck.togglePause(false)');
  await expect.poll(isPaused).toBe(false);
  await page.evaluate('deck.slide(0)');
  await expect.poll(isPaused).toBe(true);
});

journey('beats take their place among the slide’s other fragments, in a stack of slides, too', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/0`, { reducedMotion: 'reduce' });
  const html = `<section><section><h2>Above</h2></section><section id="here">
    <p class="fragment">Before</p>
    <div class="fragment"><roundtrip-scene src="loss.json" chrome="sentence"></roundtrip-scene></div>
    <p class="fragment">After</p></section></section>`;
  await page.route('**/reveal/index.html*', async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    await route.fulfill({
      response: answer,
      body: text.replace('<div class="slides">', `<div class="slides">${html}`),
    });
  });
  await page.goto(`${example('reveal/index.html')}?stack#/0/1`);
  const own = page.locator('#here');
  await expect.poll(() => own.locator('.roundtrip-beat').count()).toBe(2);
  const shown = (): Promise<string> =>
    own.evaluate((section) => {
      const scene = section.querySelector('roundtrip-scene') as unknown as { beat: number };
      const seen = [...section.querySelectorAll('p.fragment.visible')].map(({ textContent }) => textContent);
      const box = section.querySelector('div.fragment')!.classList.contains('visible') ? ['scene'] : [];
      return [...seen, ...box, `beat ${String(scene.beat)}`].join(' ');
    });
  const way = [
    'beat 0',
    'Before beat 0',
    'Before scene beat 0',
    'Before scene beat 1',
    'Before scene beat 2',
    'Before After scene beat 2',
  ];
  await expect.poll(shown).toBe(way[0]);
  for (const there of way.slice(1)) {
    await page.keyboard.press('Space');
    await expect.poll(shown).toBe(there);
  }
  for (const there of way.slice(0, -1).reverse()) {
    await page.keyboard.press('PageUp');
    await expect.poll(shown).toBe(there);
  }
});

journey('a finger on a figure does not turn the slide', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/1`, { reducedMotion: 'reduce', hasTouch: true });
  await expect.poll(() => steps(page, 1)).toBe(2);
  const session = await page.context().newCDPSession(page);
  const swipe = async (y: number): Promise<void> => {
    for (const x of [900, 780, 660, 540, 420, 300])
      await session.send('Input.dispatchTouchEvent', {
        type: x === 900 ? 'touchStart' : 'touchMove',
        touchPoints: [{ x, y }],
      });
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  const box = (await page.locator('roundtrip-scene').getByRole('application').first().boundingBox())!;
  await swipe(box.y + box.height / 2);
  await page.waitForTimeout(300);
  await expect.poll(() => place(page)).toBe('1.-1');
  // Beside it the deck is swiped as ever.
  await swipe(790);
  await expect.poll(() => place(page)).not.toBe('1.-1');
});

journey('a focused control of a scene keeps its own keys', async ({ open }) => {
  const page = await open(`${example('reveal/index.html')}#/2`, { reducedMotion: 'reduce' });
  await expect.poll(() => steps(page, 2)).toBe(1);
  const frame = page.frameLocator('iframe');
  const slider = frame.getByRole('slider', { name: 'Playhead' });
  const value = async (): Promise<number> => Number(await slider.getAttribute('aria-valuenow'));
  await slider.focus();
  const before = await value();
  await page.keyboard.press('ArrowRight');
  await expect.poll(value).toBeGreaterThan(before);
  await expect.poll(() => place(page)).toBe('2.-1');
  // The same in a shadow root, where the deck sees no control at all.
  await page.evaluate('deck.slide(1, 0, -1); document.querySelector("roundtrip-scene").setAttribute("chrome", "full")');
  const scene = page.locator('roundtrip-scene');
  // The slider comes with that bar: what has the focus now stays.
  await scene.getByRole('slider', { name: 'Playhead' }).waitFor();
  const next = scene.getByRole('button', { name: 'Next beat' });
  const isFocused = (): Promise<boolean> =>
    next.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button && document.hasFocus());
  await next.focus();
  await expect.poll(isFocused).toBe(true);
  await page.keyboard.press('Space');
  await expect.poll(() => beatOf(page)).toBe(1);
  await expect.poll(() => place(page)).toBe('1.-1');
  await scene.getByRole('slider', { name: 'Playhead' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => place(page)).toBe('1.-1');
  await page.keyboard.press('PageUp');
  await expect.poll(() => place(page)).not.toBe('1.-1');
});
