import { spawnSync } from 'node:child_process';
import { describe, test } from 'vitest';
import { findTshark, missingTshark } from './tsharkTool.ts';

export { findTshark } from './tsharkTool.ts';

/** Said at each start by root, and nothing about the file. */
const asRoot = /^Running as user "root" and group "root"\. This could be dangerous\.\n?/gm;

export interface TsharkAnswer {
  readonly stdout: string;
  /** Without the warning about root. */
  readonly stderr: string;
  readonly status: number | null;
}

/**
 * Nothing is read from there: names of makers, dictionaries of protocols that do not occur and plugins are a quarter of the
 * time of a start.
 */
const without = { WIRESHARK_DATA_DIR: '/none', WIRESHARK_PLUGIN_DIR: '/none', WIRESHARK_EXTCAP_DIR: '/none' };

/** Runs tshark to its end. A complaint of its own is in `stderr` and `status`, not thrown. */
export function tshark(args: readonly string[]): TsharkAnswer {
  const path = findTshark();
  if (path === null) throw new Error(missingTshark);
  const done = spawnSync(path, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...without },
  });
  if (done.error) throw done.error;
  return { stdout: done.stdout, stderr: done.stderr.replace(asRoot, ''), status: done.status };
}

/** One row of strings for each packet of the file that the filter lets through, one string for each field. */
export function tsharkFields(
  file: string,
  fields: readonly string[],
  filter = '',
  options: readonly string[] = [],
): string[][] {
  const columns = fields.flatMap((field) => ['-e', field]);
  const only = filter === '' ? [] : ['-Y', filter];
  const { stdout, stderr, status } = tshark([
    '-r',
    file,
    ...options,
    ...only,
    '-T',
    'fields',
    '-E',
    'occurrence=a',
    ...columns,
  ]);
  if (status !== 0) throw new Error(`tshark ended with ${String(status)}: ${stderr}`);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

/** A `describe` that asks tshark. Where it is missing it says so aloud, and counts as one skipped test. */
export function describeWithTshark(name: string, body: () => void): void {
  if (findTshark() !== null) {
    describe(name, body);
    return;
  }
  console.error(`SKIPPED: ${name}. ${missingTshark}`);
  test.skip(`${name} (no tshark)`, () => undefined);
}
