import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { profiles } from '../../src/engine/protocol/tcp/knobs.ts';
import { keysOf } from '../../src/scenario/describe.ts';
import type { KeyOfForm } from '../../src/scenario/describe.ts';
import { scenarioSchema } from '../../src/scenario/schema.ts';

/** Rows of the tables: the cells of each, the key first. */
const rows = readFileSync(new URL('../../docs/scenario.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );

/** These have the keys of another, which the page says instead of listing them again. */
const SAME: readonly (readonly [string, string])[] = [
  ['path.up', 'path.down'],
  ['links[].back', 'path.down'],
  ['flows[].tcp.client', 'flows[].tcp'],
  ['flows[].tcp.server', 'flows[].tcp'],
];
const keys = [...keysOf(scenarioSchema)];
const byPath = new Map(keys.map((key) => [key.path, key]));
const listed = keys.filter(({ path }) => !SAME.some(([again]) => path.startsWith(`${again}.`)));
const isKnob = ({ path }: KeyOfForm): boolean => path.replace('flows[].tcp.', '') in profiles.linux;

const defaultInWords = ({ fallback }: KeyOfForm): string =>
  fallback === undefined
    ? 'required'
    : fallback === null
      ? '–'
      : fallback === '""'
        ? '""'
        : fallback.replaceAll('"', '');

describe('docs/scenario.md', () => {
  it('lists every key of the schema once, and no other', () => {
    expect(rows.map(([path]) => path).sort()).toEqual(listed.map(({ path }) => path).sort());
  });

  it.each(listed.map((key) => [key.path, key] as const))(
    '%s: what it takes, its default, what it does',
    (path, key) => {
      const [, takes, ...rest] = rows.find((row) => row[0] === path) ?? [];
      expect(takes).toBe(key.takes);
      const knob = path.replace('flows[].tcp.', '') as keyof typeof profiles.linux;
      const values =
        isKnob(key) && key.fallback === null
          ? [profiles.linux, profiles.rfc, profiles.textbook].map((profile) => String(profile[knob]))
          : [defaultInWords(key)];
      expect(rest.slice(0, -1)).toEqual(values);
      expect(rest.at(-1)?.length).toBeGreaterThan(5);
    },
  );

  it.each(SAME)('%s has the keys of %s', (again, first) => {
    const own = keys.filter(({ path }) => path.startsWith(`${again}.`));
    expect(own.length).toBeGreaterThan(3);
    for (const key of own) expect(byPath.get(key.path.replace(again, first))).toMatchObject({ takes: key.takes });
  });
});
