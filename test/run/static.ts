import { command } from './command.ts';
import { failed, passed, type Outcome, type Stage } from './stage.ts';

type Call = readonly [name: string, ...args: string[]];

/** A stage that passes when each of its tools ends with 0. It counts as one test. */
function tools(name: string, beside: boolean, ...calls: readonly Call[]): Stage {
  return {
    name,
    beside,
    async run(): Promise<Outcome> {
      const complaints: string[] = [];
      for (const [tool, ...args] of calls) {
        const { code, output } = await command(tool, args);
        if (code !== 0) complaints.push(`${tool} ended with ${String(code)}:\n${output.trim()}`);
      }
      return complaints.length === 0 ? passed : failed(complaints.join('\n\n'));
    },
  };
}

/** The whole program, TypeScript and Svelte: `tsc` would say the same of its part once more. */
export const types = tools('types', true, [
  'svelte-check',
  ...['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human'],
]);

export const lint = tools('lint', true, ['eslint', '.', '--max-warnings', '0']);

export const format = tools('format', true, ['prettier', '--check', '--log-level', 'warn', '.']);

export const imports = tools('imports', true, ['depcruise', '--config', '.dependency-cruiser.cjs', 'src']);

export const build = tools('build', true, ['vite', 'build', '--logLevel', 'warn']);
