import { line, failed, sum, type Counts, type Outcome, type Stage } from './stage.ts';
import { build, format, imports, lint, types } from './static.ts';
import { stories, storybook } from './stories.ts';
import { tools } from './tools.ts';
import { vitest } from './vitest.ts';

/**
 * `npm test`: every check of the project, in order, each a named stage with its time and counts. `npm test -- types lint`
 * runs only those named. The last line is the sum, in a form that other programs read.
 */
const stages: readonly Stage[] = [
  tools,
  // The longest first: it runs beside all others of its group.
  lint,
  types,
  format,
  imports,
  storybook,
  build,
  vitest('unit', ['unit', 'component']),
  vitest('conformance', ['conformance']),
  vitest('size', ['build']),
  stories,
  vitest('journeys', ['journeys']),
];

const rule = (words: string): string => `── ${words} ${'─'.repeat(Math.max(3, 100 - words.length))}`;

async function timed(stage: Stage): Promise<Outcome & { readonly seconds: number }> {
  const start = performance.now();
  const outcome = await stage.run().catch((error: unknown) => failed(`${stage.name} broke off: ${String(error)}`));
  return { ...outcome, seconds: (performance.now() - start) / 1000 };
}

function report(stage: Stage, outcome: Outcome & { readonly seconds: number }): void {
  if (outcome.say) console.log(outcome.say);
  console.log(rule(`${stage.name}: ${line(outcome)} in ${outcome.seconds.toFixed(1)} s`));
}

/** Neighbours that may run beside one another do so, two at a time, and report in their order. */
async function run(chosen: readonly Stage[]): Promise<Counts[]> {
  const outcomes: Counts[] = [];
  for (let at = 0; at < chosen.length;) {
    let end = at + 1;
    if (chosen[at]?.beside) while (chosen[end]?.beside) end++;
    const group = chosen.slice(at, end);
    console.log(rule(group.map((stage) => stage.name).join(', ')));
    const done: (Outcome & { readonly seconds: number })[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < group.length) {
        const mine = next++;
        const stage = group[mine];
        if (stage) done[mine] = await timed(stage);
      }
    };
    await Promise.all([worker(), worker()]);
    group.forEach((stage, i) => {
      const outcome = done[i];
      if (!outcome) return;
      report(stage, outcome);
      outcomes.push(outcome);
    });
    at = end;
  }
  return outcomes;
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(', ')}. There are: ${stages.map((stage) => stage.name).join(', ')}.`);
  process.exit(2);
}
const chosen = names.length === 0 ? stages : stages.filter((stage) => names.includes(stage.name));
const start = performance.now();
const total = sum(await run(chosen));
console.log(`All stages took ${((performance.now() - start) / 1000).toFixed(0)} s.`);
console.log(line(total));
process.exitCode = total.failed > 0 ? 1 : 0;
