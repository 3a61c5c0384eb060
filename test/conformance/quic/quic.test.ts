import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { quicCases } from './cases.ts';
import { compareQuic, KNOWN } from './compare.ts';

describeWithFixtures('runs of ngtcp2 and picoquic', (folder) => {
  const cases = quicCases(folder);

  test('no case folder is left out', () => {
    expect(cases.map((known) => known.name)).toEqual(readdirSync(join(folder, 'quic')).sort());
  });

  test.each(cases.map((known) => [known.name, known] as const))('%s', async (name, known) => {
    const comparison = await compareQuic(known);
    if (KNOWN[name] === undefined) expect(comparison.why).toBe('');
    // A known difference that has gone must leave the table.
    else expect(comparison.verdict, 'agrees now: take it out of KNOWN').toBe('differs');
  });
});
