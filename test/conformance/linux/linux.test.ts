import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { linuxCases } from './cases.ts';
import { compare, KNOWN } from './compare.ts';

describeWithFixtures('runs of a real Linux kernel', (folder) => {
  const cases = linuxCases(folder);

  test('no case folder is left out', () => {
    expect(cases.map((known) => known.name)).toEqual(readdirSync(join(folder, 'linux')).sort());
  });

  test('every case is played', () => {
    expect(cases.filter((known) => known.scenario === null).map((known) => known.name)).toEqual([]);
  });

  for (const known of cases.filter((one) => one.scenario !== null)) {
    test(known.name, async () => {
      const comparison = await compare(known, folder);
      if (KNOWN[known.name] !== undefined) {
        // A known difference that has gone must leave the table.
        expect(comparison.verdict, 'agrees now: take it out of KNOWN').toBe('differs');
        return;
      }
      expect(comparison.why).toBe('');
    });
  }
});
