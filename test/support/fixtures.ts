import { describe, test } from 'vitest';
import { fixtures, missingFixtures } from './fixturesFolder.ts';

export { fixture, fixtures } from './fixturesFolder.ts';

/** A `describe` over the fixtures. Where they are missing it says so aloud, and counts as one skipped test. */
export function describeWithFixtures(name: string, body: (folder: string) => void): void {
  const folder = fixtures;
  if (folder === null) {
    console.error(`SKIPPED: ${name}. ${missingFixtures}`);
    test.skip(`${name} (no fixtures)`, () => undefined);
    return;
  }
  describe(name, () => {
    body(folder);
  });
}
