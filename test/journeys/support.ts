import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { encodeAddress } from '../../src/session/address/encode.ts';
import type { AddressState } from '../../src/session/address/state.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[] }[];
}

/** What axe (WCAG 2.2 AA) finds on the page, a line each; empty: nothing. */
export const axe = async (page: Page): Promise<string[]> => {
  await page.evaluate(axeSource);
  const violations = await page.evaluate<readonly Violation[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })
      .then((result) => result.violations)`,
  );
  return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${v.help}: ${node.target.join(' ')}`));
};

/** The page is ready: figures drawn, the side panel there. */
export const ready = async (page: Page): Promise<void> => {
  await page.getByRole('figure', { name: 'Sequence diagram' }).waitFor();
  await page.waitForFunction('document.fonts.status === "loaded"');
  await page.getByRole('slider', { name: 'Playhead' }).waitFor();
  await page.locator('#inspector').waitFor({ state: 'attached' });
};

/** The slider's words: "186.4 ms, server ESTABLISHED, 3 packets in flight". */
export const playhead = async (page: Page): Promise<string> =>
  (await page.getByRole('slider', { name: 'Playhead' }).getAttribute('aria-valuetext')) ?? '';
export const playheadMs = async (page: Page): Promise<number> =>
  Number.parseFloat((await playhead(page)).replace(/,(?=\d{3})/g, ''));

/** The first preset with nothing lost. */
export const losslessAddress = async (state: AddressState = {}): Promise<string> =>
  `#${await encodeAddress({ preset: 'one-lost-segment', patch: { path: { loss: [] } }, ...state })}`;

/** Colours of a figure's canvas at a coarse grid: what two pictures are compared by. */
export const picture = (canvas: Locator): Promise<string> =>
  canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
