import { inject, test } from 'vitest';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium, missingChromium } from './chromium.ts';

interface Tools {
  browser: Browser;
  /** Opens the page at a path such as `?scenario=…#…` in a fresh profile; what it logs as an error fails the test. */
  open: (path?: string, options?: BrowserContextOptions) => Promise<Page>;
}

const present = findChromium() !== null;
if (!present) console.error(`SKIPPED: journeys. ${missingChromium}`);

/**
 * A test in a real Chromium on the built page: `journey('loses #30', async ({ open }) => { const page = await open(); … })`.
 * Playwright's own words (`page.getByRole`) drive it. Any uncaught error or console error ends in failure.
 */
export const journey = test
  .extend<Tools>({
    browser: [
      // eslint-disable-next-line no-empty-pattern -- Vitest reads the fixture's needs from its first parameter.
      async ({}, use) => {
        const browser = await launchChromium();
        await use(browser);
        await browser.close();
      },
      { scope: 'file' },
    ],
    open: async ({ browser }, use) => {
      const complaints: string[] = [];
      const contexts: Awaited<ReturnType<Browser['newContext']>>[] = [];
      await use(async (path = '', options = {}) => {
        const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
        contexts.push(context);
        context.setDefaultTimeout(15_000);
        const page = await context.newPage();
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        await page.goto(new URL(path, inject('page')).href);
        return page;
      });
      for (const context of contexts) await context.close();
      if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
    },
  })
  .skipIf(!present);
