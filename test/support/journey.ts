import { inject, test } from 'vitest';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium, missingChromium } from './chromium.ts';

/** Profiles by what was asked of them. */
type Profiles = Map<string, BrowserContext>;

interface Tools {
  browser: Browser;
  /** Those that wait for the next journey, with what the browser has compiled of the page, and nothing that a page has kept. */
  profiles: Profiles;
  /** Opens the page at a path such as `?scenario=…#…` in a profile that knows nothing; what it logs as an error fails the test. */
  open: (path?: string, options?: BrowserContextOptions) => Promise<Page>;
}

const present = findChromium() !== null;
if (!present) console.error(`SKIPPED: journeys. ${missingChromium}`);

/** Most journeys need nothing kept for use without a network: each page would load everything for it. */
const usual: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, serviceWorkers: 'block' };

/** Closes what is open, and forgets what pages have kept. What the browser itself has cached stays. */
const forget = async (context: BrowserContext): Promise<void> => {
  // A journey may have closed its page itself.
  const session = await context.newCDPSession(context.pages()[0] ?? (await context.newPage()));
  await session.send('Storage.clearDataForOrigin', {
    origin: new URL(inject('page')).origin,
    storageTypes: 'local_storage,indexeddb,cache_storage',
  });
  for (const one of context.pages()) await one.close();
  await context.setOffline(false);
  await context.clearPermissions();
};

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
      { scope: 'worker' },
    ],
    // eslint-disable-next-line no-empty-pattern -- As above.
    profiles: [async ({}, use) => use(new Map()), { scope: 'worker' }],
    open: async ({ browser, profiles }, use) => {
      const complaints: string[] = [];
      const used: [string, BrowserContext][] = [];
      await use(async (path = '', options = {}) => {
        const key = JSON.stringify(options);
        const context = profiles.get(key) ?? (await browser.newContext({ ...usual, ...options }));
        profiles.delete(key);
        used.push([key, context]);
        context.setDefaultTimeout(15_000);
        const page = await context.newPage();
        page.on('pageerror', (error) => complaints.push(String(error)));
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        await page.goto(new URL(path, inject('page')).href);
        return page;
      });
      for (const [key, context] of used) {
        // Another page of the same kind may have been handed back before.
        if (profiles.has(key) || context.serviceWorkers().length > 0) await context.close();
        else {
          await forget(context);
          profiles.set(key, context);
        }
      }
      if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
    },
  })
  .skipIf(!present);
