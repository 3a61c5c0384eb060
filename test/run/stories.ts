import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import * as v from 'valibot';
import { serve } from '../../scripts/serve.mjs';
import { findChromium, launchChromium, missingChromium } from '../support/chromium.ts';
import { root } from '../support/paths.ts';
import { command } from './command.ts';
import { failed, passed, sum, type Outcome, type Stage } from './stage.ts';

const Index = v.object({
  entries: v.record(
    v.string(),
    v.object({
      id: v.string(),
      title: v.string(),
      name: v.string(),
      type: v.string(),
      tags: v.optional(v.array(v.string())),
    }),
  ),
});
type Story = v.InferOutput<typeof Index>['entries'][string];

const schemes = ['light', 'dark'] as const;
type Scheme = (typeof schemes)[number];

/** The part of axe's answer that we print. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 AA, and no page-wide rules: a story is a part of a page. */
const axeCall = `axe.run('#storybook-root', {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  resultTypes: ['violations'],
}).then((result) => result.violations)`;

/** Asks the open page for another story, as the sidebar does; the name of what came of it. */
const turnTo = (id: string): string => `new Promise((done) => {
  const channel = window.__STORYBOOK_ADDONS_CHANNEL__;
  const ends = ['storyRendered', 'storyErrored', 'storyMissing', 'storyThrewException', 'playFunctionThrewException'];
  const heard = ends.map((name) => [name, () => {
    for (const [other, listener] of heard) channel.off(other, listener);
    done(name);
  }]);
  for (const [name, listener] of heard) channel.on(name, listener);
  channel.emit('setCurrentStory', { storyId: ${JSON.stringify(id)}, viewMode: 'story' });
})`;

/** A page that shows stories of one scheme, one after the other; a story that breaks takes its page with it. */
class Reader {
  readonly #page: Page;
  readonly #site: string;
  readonly #scheme: Scheme;
  #isOpen = false;

  constructor(page: Page, site: string, scheme: Scheme) {
    this.#page = page;
    this.#site = site;
    this.#scheme = scheme;
    page.setDefaultTimeout(15_000);
  }

  async #show(id: string): Promise<string | null> {
    const page = this.#page;
    if (this.#isOpen) {
      const end = await page.evaluate<string>(turnTo(id));
      if (end !== 'storyRendered') return `${end}: ${await page.locator('#error-message').innerText()}`;
    } else {
      await page.goto(`${this.#site}iframe.html?viewMode=story&id=${id}&globals=theme:${this.#scheme}`);
      // Storybook says on the body which of its faces is shown: the story, or why there is none.
      await page.waitForSelector('body.sb-show-main, body.sb-show-errordisplay, body.sb-show-nopreview');
    }
    await page.waitForFunction(
      `document.querySelector('#storybook-root')?.childElementCount > 0
      || document.body.classList.contains('sb-show-errordisplay')`,
    );
    await page.waitForFunction('document.fonts.status === "loaded"');
    if (await page.locator('body.sb-show-errordisplay').count()) return page.locator('#error-message').innerText();
    return null;
  }

  /** What is wrong with a story, drawn in a real Chromium; empty where nothing is. */
  async visit(story: Story): Promise<string[]> {
    const page = this.#page;
    const wrong: string[] = [];
    const complain = (error: Error): void => void wrong.push(String(error));
    page.on('pageerror', complain);
    try {
      const error = await this.#show(story.id);
      if (error !== null) wrong.push(error);
      else {
        if (!this.#isOpen) await page.evaluate(axeSource);
        const violations = await page.evaluate<readonly Violation[]>(axeCall);
        for (const { id, help, nodes } of violations) {
          for (const node of nodes.slice(0, 3))
            wrong.push(`axe ${id}: ${help}: ${node.target.join(' ')}\n    ${node.failureSummary ?? ''}`);
        }
      }
    } catch (error) {
      wrong.push(String(error));
    } finally {
      page.off('pageerror', complain);
    }
    this.#isOpen = wrong.length === 0;
    return wrong;
  }
}

async function round(browser: Browser, site: string, stories: readonly Story[], scheme: Scheme): Promise<Outcome> {
  const context = await browser.newContext({
    colorScheme: scheme,
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 800 },
  });
  const reader = new Reader(await context.newPage(), site, scheme);
  const said: string[] = [];
  let bad = 0;
  for (const story of stories) {
    const wrong = await reader.visit(story);
    if (wrong.length === 0) continue;
    bad++;
    said.push(`✗ ${story.title} / ${story.name} (${scheme})\n  ${wrong.join('\n  ')}`);
  }
  await context.close();
  return { passed: stories.length - bad, failed: bad, skipped: 0, say: said.join('\n') };
}

const folder = join(root, 'storybook-static');
let built: ReturnType<typeof command> | null = null;
/** Once, whoever asks first. */
const build = (): ReturnType<typeof command> =>
  (built ??= command('storybook', ['build', '--test', '--quiet', '--disable-telemetry', '-o', folder]));

/** Builds Storybook beside checks that keep one core busy. */
export const storybook: Stage = {
  name: 'storybook',
  beside: true,
  async run(): Promise<Outcome> {
    const { code, output } = await build();
    return code === 0 ? passed : failed(`Storybook was not built:\n${output}`);
  },
};

/** Looks at each story in a real Chromium, light and dark: it draws, it throws nothing, axe is content. */
export const stories: Stage = {
  name: 'stories',
  beside: false,
  async run(): Promise<Outcome> {
    const home = join(root, 'stories');
    const names = existsSync(home) ? readdirSync(home, { recursive: true, encoding: 'utf8' }) : [];
    const files = names.filter((name) => /\.stories\.(svelte|ts)$/.test(name));
    if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, say: 'There are no stories.' };
    if (findChromium() === null) {
      return {
        passed: 0,
        failed: 0,
        skipped: files.length * schemes.length,
        say: `SKIPPED: stories. ${missingChromium}`,
      };
    }
    const { code, output } = await build();
    if (code !== 0) return failed(`Storybook was not built:\n${output}`);

    const index = v.parse(Index, JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')));
    const all = Object.values(index.entries).filter(
      (entry) => entry.type === 'story' && !entry.tags?.includes('!test'),
    );
    const site = await serve({ root: folder });
    const browser = await launchChromium();
    try {
      const rounds = await Promise.all(schemes.map((scheme) => round(browser, site.url, all, scheme)));
      const say = rounds.map((one) => one.say ?? '').filter((words) => words !== '');
      return { ...sum(rounds), ...(say.length > 0 ? { say: say.join('\n') } : {}) };
    } finally {
      await browser.close();
      await site.close();
    }
  },
};
