import fc from 'fast-check';

const env = (name: string): string => process.env[name] ?? '';

/** The seed of every property: fixed, so that a run can be repeated; FC_SEED=N sets it, FC_SEED=random draws one. A failure prints it. */
export const seed =
  env('FC_SEED') === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(env('FC_SEED') || 20_261_121);
/** FC_RUNS=10 makes each property ten times as thorough. */
const factor = Number(env('FC_RUNS') || 1);

/** Checks a property on `runs` examples. */
export const holds = <T>(arbitrary: fc.Arbitrary<T>, runs: number, check: (example: T) => void): void => {
  fc.assert(
    fc.property(arbitrary, (example) => {
      check(example);
    }),
    { seed, numRuns: Math.ceil(runs * factor), includeErrorInReport: true, endOnFailure: env('FC_SHRINK') === '0' },
  );
};
