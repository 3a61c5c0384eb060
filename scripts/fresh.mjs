// @ts-check
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The newest change of the files and folders named, in ms since 1970; 0 where none exists.
 * A folder's own time counts too, so that a file taken away is noticed.
 * @param {readonly string[]} paths
 * @returns {number}
 */
export function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) continue;
    latest = Math.max(latest, stat.mtimeMs);
    if (stat.isDirectory()) latest = Math.max(latest, newest(readdirSync(path).map((name) => join(path, name))));
  }
  return latest;
}

/**
 * Whether a built file is at least as new as everything it was built from.
 * @param {string} built
 * @param {readonly string[]} sources
 * @returns {boolean}
 */
export function isFresh(built, sources) {
  const stat = statSync(built, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs >= newest(sources);
}
