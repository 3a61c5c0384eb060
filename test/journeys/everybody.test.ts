import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { run } from '../../src/engine/network/run.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { scenarioOf, small } from '../session/lossy.ts';
import { journey } from '../support/journey.ts';
import { axe, playheadMs, ready } from './support.ts';

const still = { reducedMotion: 'reduce' } as const;
const tour = (name: string): string => `#scenario=tour-${name}`;
const sentence = (page: Page) => page.locator('.saying .sentence');
const where = (page: Page): Promise<string | null> => page.locator('.saying').getAttribute('aria-label');
const heard = async (page: Page): Promise<string> => (await page.locator('[data-live]').textContent()) ?? '';
/** The button beside the sentence: it leads to the next beat, or shows the answer. */
const onward = (page: Page) => page.locator('.saying > button');
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

/** Presses Tab until the focus is on what is called so. */
const tabTo = async (page: Page, name: RegExp): Promise<void> => {
  for (let k = 0; k < 60; k++) {
    await page.keyboard.press('Tab');
    if (name.test((await focused(page)).trim())) return;
  }
  throw new Error(`Tab does not lead to ${String(name)}.`);
};

journey('a tour by Tab and Enter alone: the way on keeps the focus, and leads to the next tour', async ({ open }) => {
  const page = await open('', still);
  await ready(page);
  await tabTo(page, /^Tours$/);
  await page.keyboard.press('Enter');
  await page
    .getByRole('button', { name: /^The handshake/ })
    .first()
    .waitFor();
  await tabTo(page, /^The handshake/);
  await page.keyboard.press('Enter');
  await expect.poll(() => where(page)).toBe('Beat 1 of 5.');
  await tabTo(page, /^Next/);
  for (const beat of ['Beat 2 of 5.', 'Beat 3 of 5.']) {
    await page.keyboard.press('Enter');
    await expect.poll(() => where(page)).toBe(beat);
  }
  await expect.poll(() => sentence(page).count()).toBe(0);
  await page.keyboard.press('Enter');
  await expect.poll(() => sentence(page).innerText()).toContain('After 1 RTT');
  for (const beat of ['Beat 4 of 5.', 'Beat 5 of 5.']) {
    await page.keyboard.press('Enter');
    await expect.poll(() => where(page)).toBe(beat);
  }
  await expect.poll(() => focused(page)).toContain('Next tour: slow start');
  await page.keyboard.press('Enter');
  await expect.poll(() => sentence(page).innerText()).toContain('ten segments');
});

journey('a tour on a phone, by touch', async ({ open }) => {
  const page = await open('', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, ...still });
  await ready(page);
  await page.getByRole('button', { name: 'Tours', exact: true }).tap();
  await page
    .getByRole('button', { name: /^The handshake/ })
    .first()
    .tap();
  await expect.poll(() => where(page)).toBe('Beat 1 of 5.');
  const next = page.getByRole('button', { name: 'Next beat' });
  await next.tap();
  await next.tap();
  await page.getByRole('button', { name: '1.5', exact: true }).tap();
  await expect.poll(() => page.locator('.verdict').innerText()).toBe('Not this one. The run says 1 RTT.');
  await next.tap();
  await next.tap();
  await expect.poll(() => where(page)).toBe('Beat 5 of 5.');
  // Nothing of it is wider than the phone, and all of it can be met with a thumb.
  await expect
    .poll(() =>
      page.evaluate(
        () =>
          [...document.querySelectorAll('.saying *, .beats button')]
            .map((element) => element.getBoundingClientRect())
            .filter((box) => box.right > innerWidth + 1).length,
      ),
    )
    .toBe(0);
  await expect.poll(async () => (await next.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(40);
  await expect.poll(() => axe(page)).toEqual([]);
  await onward(page).tap();
  await expect.poll(() => sentence(page).innerText()).toContain('ten segments');
});

describe('at 400 % zoom', () => {
  // WCAG 1.4.10: 1280 × 1024 and 1280 × 720 at 400 %.
  journey.for([
    [320, 256],
    [320, 180],
    [640, 360],
    [844, 390],
  ] as const)('a tour at %i × %i scrolls one way only', async ([width, height], { open }) => {
    const page = await open(tour('web-request'), { viewport: { width, height }, ...still });
    await ready(page);
    await expect.poll(() => where(page)).toBe('Beat 1 of 5.');
    const widest = () =>
      page.evaluate(() => {
        const all = [...document.querySelectorAll<HTMLElement>('.page *')].filter(
          (e) => !e.closest('.row, .heard, table'),
        );
        return Math.max(
          document.documentElement.scrollWidth,
          ...all.map((e) => Math.ceil(e.getBoundingClientRect().right)),
        );
      });
    await expect.poll(widest).toBeLessThanOrEqual(width + 1);
    await onward(page).click();
    await expect.poll(() => where(page)).toBe('Beat 2 of 5.');
    // The sentence is in sight, and nothing lies over it.
    await expect
      .poll(() =>
        sentence(page).evaluate((element) => {
          const { left, top, bottom } = element.getBoundingClientRect();
          const hit = document.elementFromPoint(left + 4, top + 6);
          return bottom > 0 && top >= 0 && top < innerHeight && element.contains(hit);
        }),
      )
      .toBe(true);
    await onward(page).click();
    await onward(page).click();
    await onward(page).click();
    await expect.poll(() => sentence(page).innerText()).toContain('3.3 RTT');
    await expect.poll(widest).toBeLessThanOrEqual(width + 1);
    await page.getByRole('slider', { name: 'Playhead' }).scrollIntoViewIfNeeded();
    await expect.poll(() => page.getByRole('slider', { name: 'Playhead' }).isVisible()).toBe(true);
    await expect.poll(() => axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Tours', exact: true }).click();
    await page
      .getByRole('button', { name: /^One lost segment/ })
      .first()
      .click();
    await expect.poll(() => sentence(page).innerText()).toContain('1 of 692 segments dies');
  });
});

describe('in forced colours', () => {
  journey(
    'the veil still hides what comes, what is chosen still shows, and figures follow the palette',
    async ({ open }) => {
      const page = await open(tour('handshake'), { forcedColors: 'active', colorScheme: 'light', ...still });
      await ready(page);
      await page.getByRole('button', { name: 'Theme' }).click();
      await page.getByRole('radio', { name: 'Dark' }).click();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
      const outline = () =>
        page
          .locator('tr[aria-selected=true]')
          .first()
          .evaluate((row) => getComputedStyle(row).outlineStyle);
      await expect.poll(outline).toBe('solid');
      await page.keyboard.press('PageDown');
      await page.keyboard.press('PageDown');
      await expect.poll(() => where(page)).toBe('Beat 3 of 5.');
      await expect
        .poll(() =>
          page
            .locator('.veil')
            .first()
            .evaluate((veil) => getComputedStyle(veil).backgroundImage),
        )
        .toContain('gradient');
      await expect.poll(() => axe(page)).toEqual([]);
    },
  );
});

describe('by a screen reader', () => {
  journey('a whole tour is told: sentence, question with its answers, and what came of it', async ({ open }) => {
    const page = await open(tour('http2-loss'), still);
    await ready(page);
    await expect.poll(() => heard(page)).toContain('Beat 1 of 5. HTTP/2: twelve requests on one connection');
    await page.keyboard.press('PageDown');
    await expect.poll(() => heard(page)).toContain('Beat 2 of 5. One packet dies.');
    await page.keyboard.press('PageDown');
    await expect.poll(() => heard(page)).toContain('Question: Bytes of other resources arrive behind it.');
    await expect
      .poll(() => heard(page))
      .toContain('Answers: All but those of the lost one; None; Those that are complete.');
    // Words about the figures do not give the answer away.
    await expect
      .poll(() => page.locator('figcaption').allInnerTexts())
      .toEqual(['What comes next is hidden until the question is answered.']);
    await page.getByRole('button', { name: 'Those that are complete' }).click();
    await expect
      .poll(() => heard(page))
      .toMatch(/^Not this one\. The answer: None\. None: TCP knows one stream of bytes/);
    await expect.poll(() => page.locator('figcaption').first().innerText()).toContain('12 resources');
    await page.keyboard.press('PageDown');
    await expect.poll(() => heard(page)).toContain('r03 waited');
    await page.keyboard.press('PageDown');
    await expect.poll(() => heard(page)).toMatch(/^Beat 5 of 5\. All is there after [\d,]+ ms/);
    // It is text as well, in a region with a name, and the sections behind the claims are links.
    await expect
      .poll(() => page.getByRole('region', { name: 'Beat 5 of 5.' }).innerText())
      .toContain('Loss is the connection’s');
    await expect
      .poll(() => page.getByRole('link', { name: 'RFC 9438 §4.6' }).getAttribute('href'))
      .toBe('https://www.rfc-editor.org/rfc/rfc9438#section-4.6');
  });

  journey('what was told is not told over by the bare instant', async ({ open }) => {
    const page = await open(tour('handshake'), still);
    await ready(page);
    await page.keyboard.press('PageDown');
    await expect.poll(() => heard(page)).toMatch(/^Beat 2 of 5\..* 20\.1 ms, server/);
    await page.waitForTimeout(900);
    await expect.poll(() => heard(page)).toMatch(/^Beat 2 of 5\..* 20\.1 ms, server/);
  });
});

journey('without reduced motion the run plays up to the beat, and arrives', async ({ open }) => {
  const page = await open(tour('handshake'));
  await ready(page);
  await page.keyboard.press('PageDown');
  await expect.poll(() => playheadMs(page)).toBe(20.1);
  await expect.poll(() => where(page)).toBe('Beat 2 of 5.');
});

journey('the last scene is offered after a reload, and on the next visit', async ({ open }) => {
  const page = await open(tour('handshake'), still);
  await ready(page);
  await page.keyboard.press('PageDown');
  await expect.poll(() => page.url()).toContain('beat=2');
  await page.reload();
  await ready(page);
  await expect.poll(() => where(page)).toBe('Beat 2 of 5.');
  // The next visit begins at the page's own address.
  const home = page.url().split('#')[0]!;
  await page.goto('about:blank');
  await page.goto(home);
  await ready(page);
  await expect.poll(() => page.locator('.saying').count()).toBe(0);
  await page.getByRole('button', { name: 'Tours', exact: true }).click();
  await page.getByRole('link', { name: /^Go on where you were/ }).click();
  await expect.poll(() => where(page)).toBe('Beat 2 of 5.');
});

journey('the start page offers tours with their length, scenes, and a file', async ({ open }) => {
  const page = await open('', still);
  await ready(page);
  await page.getByRole('button', { name: 'Tours', exact: true }).click();
  const panel = page.getByRole('dialog', { name: 'Where to begin' });
  await expect.poll(() => panel.getByRole('button', { name: /stops, about [12](\.5)? min/ }).count()).toBe(11);
  await panel.getByRole('button', { name: 'Zero window' }).click();
  await expect.poll(() => page.getByRole('combobox', { name: 'Scenario' }).inputValue()).toBe('zero-window');
  await page.getByRole('button', { name: 'Tours', exact: true }).click();
  const chooser = page.waitForEvent('filechooser');
  await panel.getByRole('button', { name: /^Open a capture/ }).click();
  expect((await chooser).isMultiple()).toBe(true);
});

journey('beats of a capture say how long they live', async ({ open }) => {
  const page = await open('', still);
  await ready(page);
  await page.locator('input[type=file]').setInputFiles({
    name: 'small.pcapng',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(writePcapng(run(scenarioOf(small)), 'server')),
  });
  await expect.poll(() => page.locator('.facts').innerText()).toContain('measured');
  await page.keyboard.press('b');
  await page.getByRole('textbox', { name: 'Sentence of beat' }).waitFor();
  await page.keyboard.insertText('Measured: {lost.down} lost.');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.capture').textContent()).toContain('its beats live as long as it is open');
  await expect.poll(() => sentence(page).innerText()).toMatch(/^Measured: \d+ lost\.$/);
  await expect.poll(() => axe(page)).toEqual([]);
});

describe('axe finds nothing', () => {
  journey.for([
    ['light', 1280, 720],
    ['dark', 1280, 720],
    ['light', 390, 844],
    ['dark', 390, 844],
  ] as const)(
    'in %s at %i × %i: figure, start page, keys, beat, its dialog, question, answer',
    async ([colorScheme, width, height], { open }) => {
      const page = await open('', { viewport: { width, height }, colorScheme, hasTouch: width < 900, ...still });
      await ready(page);
      const clean = (): Promise<void> => expect.poll(() => axe(page)).toEqual([]);
      await clean();
      await page.getByRole('button', { name: 'Tours', exact: true }).click();
      await page
        .getByRole('button', { name: /^The handshake/ })
        .first()
        .waitFor();
      await clean();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await clean();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.keyboard.press('b');
      await page.getByRole('textbox', { name: 'Sentence of beat' }).waitFor();
      await clean();
      await page.keyboard.insertText('It took {completion rtt} (RFC 9293 §3.5).');
      await page.keyboard.press('Enter');
      await sentence(page).waitFor();
      await clean();
      await page.getByRole('button', { name: 'Question and what is hidden' }).click();
      await page.getByLabel('Question, before').fill('How long does it take?');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('alert').waitFor();
      await clean();
      await page.getByLabel('Answers, one').fill('12 RTT\n* 25 RTT');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: '12 RTT' }).waitFor();
      await clean();
      await page.getByRole('button', { name: '12 RTT' }).click();
      await expect.poll(() => page.locator('.verdict').innerText()).toBe('Not this one.');
      await clean();
    },
  );
});
