import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { root } from '../support/paths.ts';
import { command } from './command.ts';
import { failed, type Outcome, type Stage } from './stage.ts';

/** What we read of Vitest's JSON report. */
const Report = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  testResults: v.array(v.object({ status: v.string(), assertionResults: v.array(v.object({ status: v.string() })) })),
});

/** Counts a report. A file that could not even be loaded holds no test and is a failure all the same. */
function count(path: string, code: number): Outcome {
  let report: v.InferOutput<typeof Report>;
  try {
    report = v.parse(Report, JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return failed(`Vitest ended with ${String(code)} and left no report: ${String(error)}`);
  }
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const bad = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    // An error outside any test (an unhandled rejection) is counted by nobody else.
    failed: bad === 0 && code !== 0 ? 1 : bad,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** A stage of Vitest projects; each of their tests counts. Its words are shown as they come. */
export function vitest(name: string, projects: readonly string[]): Stage {
  return {
    name,
    beside: false,
    async run(): Promise<Outcome> {
      const folder = join(root, '.cache');
      const report = join(folder, `${name}.json`);
      mkdirSync(folder, { recursive: true });
      rmSync(report, { force: true });
      const chosen = projects.flatMap((project) => ['--project', project]);
      const told = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const { code } = await command('vitest', ['run', ...chosen, ...told], true);
      return count(report, code);
    },
  };
}
