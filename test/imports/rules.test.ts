import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../support/paths.ts';

/** A house of its own with the project's rules, in which each file is named with what it imports. */
let house = '';

const files: Record<string, string> = {
  'src/base/time.ts': 'export type Nanos = number;\n',
  'src/base/clock.ts': "import type { Trace } from '../trace/types.ts';\nexport type T = Trace;\n",
  'src/base/lib.ts': "import { bisector } from 'd3';\nexport { bisector };\n",
  'src/trace/types.ts': "import type { Nanos } from '../base/time.ts';\nexport interface Trace { at: Nanos }\n",
  'src/engine/protocol/tcp.ts': "import type { Trace } from '../../trace/types.ts';\nexport type T = Trace;\n",
  'src/engine/network/run.ts': "import type { Trace } from '../../trace/types.ts';\nexport type T = Trace;\n",
  'src/engine/door/worker.ts': "export * from '../network/run.ts';\n",
  'src/session/good.ts': "export * from '../engine/door/worker.ts';\n",
  'src/session/bad.ts': "export * from '../engine/network/run.ts';\n",
  'src/view/Lazy.svelte':
    '<script lang="ts">\n  const load = () => import(\'../engine/door/worker.ts\');\n</script>\n<p onclick={load}>x</p>\n',
  'src/view/one.ts': "import { two } from './two.ts';\nexport const one = () => two;\n",
  'src/view/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n",
  'src/format/har/read.ts': "export * from '../../scenario/schema.ts';\n",
  'src/format/pcap.ts': "export * from '../scenario/schema.ts';\n",
  'src/figure/disk.ts': "import { readFileSync } from 'node:fs';\nexport { readFileSync };\n",
  'src/scenario/schema.ts': 'export const schema = 1;\n',
  'src/misc/stray.ts': 'export const stray = 1;\n',
  'src/app/main.ts': "import '../session/good.ts';\nimport '../view/one.ts';\nimport '../format/har/read.ts';\n",
};

interface Found {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}
let found: string[] = [];

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'roundtrip-rules-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    cpSync(join(root, name), join(house, name));
  symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
  const tool = join(root, 'node_modules', '.bin', 'depcruise');
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const { stdout } = spawnSync(tool, args, { cwd: house, encoding: 'utf8', maxBuffer: 1 << 26 });
  const { summary } = JSON.parse(stdout) as { summary: { violations: Found[] } };
  found = summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`);
}, 60_000);

afterAll(() => {
  rmSync(house, { recursive: true, force: true });
});

describe('the import rules', () => {
  test.each([
    ['base sees no other room, not even a type', 'room-base: src/base/clock.ts -> src/trace/types.ts'],
    ['a protocol never sees the trace', 'room-engine-protocol: src/engine/protocol/tcp.ts -> src/trace/types.ts'],
    ['a session reaches the engine by its door only', 'room-session: src/session/bad.ts -> src/engine/network/run.ts'],
    ['a component is read too, and what it loads late', 'room-view: src/view/Lazy.svelte -> src/engine/door/worker.ts'],
    ['a reader of captures knows no scenario', 'room-format: src/format/pcap.ts -> src/scenario/schema.ts'],
  ])('%s', (_, words) => {
    expect(found).toContain(words);
  });

  test('no cycle passes', () => {
    expect(found.some((words) => words.startsWith('no-cycles: src/view/'))).toBe(true);
  });

  test('no library enters a room that does not name it', () => {
    expect(found.some((words) => words.startsWith('library-base: src/base/lib.ts'))).toBe(true);
  });

  test('Node is for the command only', () => {
    expect(found.some((words) => words.startsWith('node-in-cli-only: src/figure/disk.ts'))).toBe(true);
  });

  test('a file in no room is refused', () => {
    expect(found.some((words) => words.includes('src/misc/stray.ts'))).toBe(true);
  });

  test('what the table allows passes', () => {
    const allowed = ['src/session/good.ts', 'src/engine/network/run.ts', 'src/format/har/read.ts', 'src/app/main.ts'];
    expect(found.filter((words) => allowed.some((file) => words.includes(`: ${file} ->`)))).toEqual([]);
  });
});
