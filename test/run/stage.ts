/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Outcome extends Counts {
  /** What a person has to read: the complaints of a failure, the reason of a skip. */
  readonly say?: string;
}

/** One named step of `npm test`. */
export interface Stage {
  readonly name: string;
  /** May run beside its neighbours that may too: it uses one core and prints nothing while it runs. */
  readonly beside: boolean;
  run(): Promise<Outcome>;
}

export const passed: Outcome = { passed: 1, failed: 0, skipped: 0 };
export const failed = (say: string): Outcome => ({ passed: 0, failed: 1, skipped: 0, say });

export function sum(all: readonly Counts[]): Counts {
  let [ok, bad, not] = [0, 0, 0];
  for (const one of all) {
    ok += one.passed;
    bad += one.failed;
    not += one.skipped;
  }
  return { passed: ok, failed: bad, skipped: not };
}

export const line = (counts: Counts): string =>
  `${String(counts.passed)} passed, ${String(counts.failed)} failed, ${String(counts.skipped)} skipped`;
