import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './paths.ts';

/**
 * Recorded runs of real kernels and stacks, too many for this repository. ROUNDTRIP_FIXTURES says where they are;
 * without it they are looked for beside the project.
 */
export const fixtures: string | null = (() => {
  const asked = process.env['ROUNDTRIP_FIXTURES'];
  const folder = asked ? resolve(asked) : resolve(root, '..', 'shared', 'fixtures');
  return existsSync(folder) ? folder : null;
})();

export const missingFixtures =
  'The fixtures are missing: set ROUNDTRIP_FIXTURES to the folder that holds linux/, captures/, quic/.';

/** The path of one fixture. For use inside `describeWithFixtures`, where the folder is known to be there. */
export function fixture(...parts: string[]): string {
  if (fixtures === null) throw new Error(missingFixtures);
  return join(fixtures, ...parts);
}
