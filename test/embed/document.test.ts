import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stateAttributes } from '../../src/embed/element.ts';
import { tours } from '../../src/scenario/tours/index.ts';
import { presets } from '../../src/scenario/presets.ts';
import { decodeAddress } from '../../src/session/address/decode.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/embed.md');
const table = page.slice(page.indexOf('## The state string'), page.indexOf('## The element'));
const keys = [...table.matchAll(/^\| ((?:`\w+`(?:, )?)+)/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/\w+/g)].map(([key]) => key),
);

describe('docs/embed.md', () => {
  test('names every key that an address takes, and no other', async () => {
    const [problem] = (await decodeAddress('nonsense=1')).problems;
    const known = /known are (.*)$/.exec(problem!.what)![1]!.split(', ');
    expect([...keys].sort()).toEqual([...known].sort());
    expect(keys).toEqual(expect.arrayContaining([...stateAttributes]));
  });

  test('every scene that it or an example opens is there', () => {
    const names = new Set([...presets, ...tours].map(({ name }) => name));
    const files = [
      page,
      read('examples/reveal/index.html'),
      read('examples/plain/index.html'),
      read('examples/slidev/slides.md'),
    ];
    const asked = files.flatMap((text) => [...text.matchAll(/scenario="?=?"?([\w-]+)/g)].map(([, name]) => name!));
    expect(asked.length).toBeGreaterThan(10);
    for (const name of asked) expect(names.has(name), name).toBe(true);
  });
});
