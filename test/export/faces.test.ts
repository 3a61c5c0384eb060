import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleOf } from '../../scripts/cut-fonts.mjs';
import type { CutFace } from '../../src/export/fonts.ts';
import { characters } from '../../src/figure/advances.ts';
import { root } from '../support/paths.ts';

describe('the faces of pictures', () => {
  it('are cut from the fonts of the page, and have every letter that is measured', async () => {
    for (const name of ['sans', 'mono'] as const) {
      const path = join(root, `src/export/faces/${name}.ts`);
      expect(readFileSync(path, 'utf8') === (await moduleOf(name)), path).toBe(true);
      const { face } = (await import(`../../src/export/faces/${name}.ts`)) as { face: CutFace };
      const has = (point: number): boolean =>
        face.pieces.some(({ range }) =>
          range.split(',').some((part) => {
            const [from = 0, to = from] = part
              .slice(2)
              .split('-')
              .map((hex) => Number.parseInt(hex, 16));
            return from <= point && point <= to;
          }),
        );
      expect([...characters].filter((letter) => !has(letter.codePointAt(0)!))).toEqual([]);
    }
  });
});
