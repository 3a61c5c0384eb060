import type { Result } from '../base/result.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Trace } from '../trace/types.ts';
import { withBeats } from './document.ts';

/** The part of the door that runs scenarios. */
export interface Runner {
  run(scenarios: readonly Scenario[]): Promise<Result<readonly Trace[]>>;
  stop(): void;
}

/** A run that is no longer wanted is ended once it took this long; a shorter one costs less than a fresh worker. */
const PATIENCE_MS = 300;
/** Traces kept, by packets: undo, redo and the ghost need no second run. */
const KEPT_PACKETS = 600_000;
const KEPT_TRACES = 12;

type Job = {
  readonly scenarios: readonly Scenario[];
  /** Settles once the job is done, or overtaken. */
  readonly over: Promise<unknown>;
  readonly done: (result: Result<readonly Trace[]> | null) => void;
};

/**
 * Latest wins: at most one job runs and one waits. A job that is overtaken while it waits ends with null. Traces are
 * remembered by their scenario, which determines them.
 */
export class RunQueue {
  readonly #runner: Runner;
  readonly #now: () => number;
  readonly #known = new Map<string, Trace>();
  #running: { readonly job: Job; readonly since: number } | null = null;
  #waiting: Job | null = null;

  constructor(runner: Runner, now: () => number) {
    this.#runner = runner;
    this.#now = now;
  }

  /** True while something is computed. */
  get busy(): boolean {
    return this.#running !== null;
  }

  /** The traces of the scenarios, in their order; null where a newer job overtook this one. */
  request(asked: readonly Scenario[]): Promise<Result<readonly Trace[]> | null> {
    // Beats are no part of a run: with others it is the same.
    const scenarios = asked.map((scenario) => withBeats(scenario));
    let done: Job['done'] = () => undefined;
    const over = new Promise<Result<readonly Trace[]> | null>((resolve) => (done = resolve));
    this.#waiting?.done(null);
    this.#waiting = { scenarios, over, done };
    if (!this.#running) this.#next();
    else if (this.#now() - this.#running.since > PATIENCE_MS) this.#runner.stop();
    return over;
  }

  /** The trace of a scenario that somebody else has asked for; null: nobody has, or a newer job overtook it. */
  async coming(asked: Scenario): Promise<Trace | null> {
    const key = JSON.stringify(withBeats(asked));
    const job = [this.#waiting, this.#running?.job].find((one) =>
      one?.scenarios.some((s) => JSON.stringify(s) === key),
    );
    await job?.over;
    return this.#known.get(key) ?? null;
  }

  #next(): void {
    const job = this.#waiting;
    this.#waiting = null;
    if (!job) return;
    this.#running = { job, since: this.#now() };
    const missing = job.scenarios.filter((scenario) => !this.#known.has(JSON.stringify(scenario)));
    void (missing.length > 0 ? this.#runner.run(missing) : Promise.resolve(null)).then((result) => {
      this.#running = null;
      if (result?.ok) missing.forEach((scenario, i) => this.#remember(scenario, result.value[i] as Trace));
      // A finished run is shown though a newer one waits: the picture moves while a slider is dragged.
      if (result && !result.ok) job.done(this.#waiting ? null : result);
      else job.done({ ok: true, value: job.scenarios.map((s) => this.#recall(s)) });
      this.#forget();
      this.#next();
    });
  }

  #remember(scenario: Scenario, trace: Trace): void {
    this.#known.set(JSON.stringify(scenario), trace);
  }

  /** Also makes it the most recent. */
  #recall(scenario: Scenario): Trace {
    const key = JSON.stringify(scenario);
    const trace = this.#known.get(key) as Trace;
    this.#known.delete(key);
    this.#known.set(key, trace);
    return trace;
  }

  #forget(): void {
    let packets = [...this.#known.values()].reduce((sum, trace) => sum + trace.packetCount, 0);
    for (const [key, trace] of this.#known) {
      if (this.#known.size <= KEPT_TRACES && packets <= KEPT_PACKETS) return;
      if (this.#known.size <= 2) return;
      this.#known.delete(key);
      packets -= trace.packetCount;
    }
  }
}
