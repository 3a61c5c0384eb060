/**
 * Writes src/figure/advances.ts: advance widths of the shipped fonts, measured in Chromium. Run by hand when the fonts
 * change: node scripts/measure-fonts.mjs [path of a Chromium].
 */
import { readFile, writeFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const characters = [
  ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
  ...Array.from({ length: 96 }, (_, i) => String.fromCharCode(0xa0 + i)),
  ...'–—‘’“”…•−',
].join('');
const weights = [400, 500, 600, 650];

const font = async (name) => {
  const file = new URL(`../node_modules/@fontsource-variable/${name}`, import.meta.url);
  return `data:font/woff2;base64,${(await readFile(file)).toString('base64')}`;
};

const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
});
const page = await browser.newPage();
const table = await page.evaluate(
  async ({ sans, mono, characters, weights }) => {
    for (const [family, source] of [
      ['Sans', sans],
      ['Mono', mono],
    ]) {
      const face = new FontFace(family, `url(${source})`, { weight: '100 900' });
      document.fonts.add(await face.load());
    }
    const context = document.createElement('canvas').getContext('2d');
    context.fontKerning = 'none';
    const advances = (family, weight) => {
      context.font = `${weight} 1000px ${family}`;
      return [...characters].map((c) => Math.round(context.measureText(c).width));
    };
    return {
      sans: Object.fromEntries(weights.map((w) => [w, advances('Sans', w)])),
      mono: advances('Mono', 400)[0],
    };
  },
  {
    sans: await font('inter/files/inter-latin-wght-normal.woff2'),
    mono: await font('jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2'),
    characters,
    weights,
  },
);
await browser.close();

const rows = weights.map(
  (w) => `  ${w}: [\n    ${table.sans[w].join(', ').replace(/(.{90,110}?,) /g, '$1\n    ')},\n  ],`,
);
await writeFile(
  new URL('../src/figure/advances.ts', import.meta.url),
  `// Written by scripts/measure-fonts.mjs. Thousandths of an em; kerning off.
export const characters =
  ${JSON.stringify(characters).replaceAll('\u00a0', '\\u00a0').replaceAll('\u00ad', '\\u00ad')};
/** Inter by weight, in the order of \`characters\`. */
// prettier-ignore
export const inter: Readonly<Record<400 | 500 | 600 | 650, readonly number[]>> = {
${rows.join('\n')}
};
/** JetBrains Mono: one width for all. */
export const mono = ${table.mono};
`,
);
