import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Nanos } from '../base/time.ts';
import { isUpward } from '../trace/direction.ts';
import { Fate, NONE } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { WayKind } from '../scenario/wayKinds.ts';
import { Cell } from './cell.ts';
import type { Readable } from './cell.ts';
import type { Document } from './document.ts';
import type { History } from './history.ts';
import { identityOf } from './identity.ts';
import type { Way } from '../scenario/ways.ts';
import { RunQueue } from './runQueue.ts';
import type { Runner } from './runQueue.ts';
import { withTouch } from './scenario/path.ts';

/** The same page by another way. */
export interface Beside {
  readonly name: string;
  readonly trace: Trace;
  /** It is the run that is shown. */
  readonly shown: boolean;
}

export interface ComparisonParts {
  /** Workers of its own, started when the first comparison is asked for: what is shown does not wait for them. */
  readonly runner: () => Runner;
  /** The trace of the scenario that is shown, or is about to be; null: it will not come. */
  readonly shown: (scenario: Scenario) => Promise<Trace | null>;
  readonly history: Readable<History<Document> | null>;
  readonly now: () => number;
}

/** The data packet towards a client that is on the wire at an instant, the last to have gone out; else the next one. NONE: none. */
export const onTheWire = (trace: Trace, time: number): number => {
  const p = trace.packets;
  let found: number = NONE;
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.payload[i] === 0 || p.fate[i] !== Fate.Delivered || p.hop[i] !== 0 || isUpward(trace, i)) continue;
    if ((p.start[i] as number) <= time) {
      if ((p.arrived[i] as number) > time) found = i;
    } else if (found === NONE) return i;
  }
  return found;
};

/** Runs the other ways beside what is shown, as long as somebody wants to see them. */
export class Comparison {
  /** Empty: nobody asked, or it is being computed for the first time. */
  readonly rows = new Cell<readonly Beside[]>([]);
  /** What is on the wire at this instant is lost, in each of the ways; null: nothing is. */
  readonly strike = new Cell<Nanos | null>(null);
  /** What is compared; null: what the scenario is compared by itself. */
  readonly kind = new Cell<WayKind | null>(null);
  readonly #parts: ComparisonParts;
  #queues: readonly [RunQueue, RunQueue] | null = null;
  #wanted = false;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
    parts.history.subscribe(() => void this.#refresh());
    this.strike.subscribe(() => void this.#refresh());
    this.kind.subscribe(() => void this.#refresh());
  }

  want(on: boolean): void {
    if (on === this.#wanted) return;
    this.#wanted = on;
    if (on) void this.#refresh();
    else this.rows.set([]);
  }

  #newQueue(): RunQueue {
    return new RunQueue(this.#parts.runner(), this.#parts.now);
  }

  /**
   * The traces of the ways, in their order; null where newer ones overtook them. What is shown runs anyway. Of the others
   * the last one, which is HTTP/3 where there is one, costs as much as two: it has a worker of its own.
   */
  async #play(ways: readonly Pick<Way, 'scenario' | 'shown'>[]): Promise<Result<readonly Trace[]> | null> {
    if (!this.#queues) return null;
    const [first, second] = this.#queues;
    const at = ways.findIndex(({ shown }) => shown);
    const here = ways[at]?.scenario;
    const others = ways.filter((_, k) => k !== at).map(({ scenario }) => scenario);
    const [most, last, there] = await Promise.all([
      first.request(others.slice(0, -1)),
      second.request(others.slice(-1)),
      here ? this.#parts.shown(here) : null,
    ]);
    if (!most?.ok) return most;
    if (!last?.ok) return last;
    const traces = [...most.value, ...last.value];
    if (!here) return ok(traces);
    const own = there ? ok([there]) : await first.request([here]);
    return own?.ok ? ok(traces.toSpliced(at, 0, ...own.value)) : own;
  }

  async #refresh(): Promise<void> {
    const document = this.#parts.history.value?.present;
    if (!this.#wanted) return;
    if (!document) {
      this.rows.set([]);
      return;
    }
    this.#queues ??= [this.#newQueue(), this.#newQueue()];
    // Few ask for a comparison, and nobody for the first picture.
    const { waysOf } = await import('../scenario/ways.ts');
    const ways = waysOf(document.scenario, this.kind.value ?? undefined);
    let result = await this.#play(ways);
    if (!result?.ok || !this.#wanted) return;
    const at = this.strike.value;
    if (at !== null) {
      const before = result.value;
      const struck = ways.map(({ scenario }, k) => {
        const trace = before[k] as Trace;
        const identity = identityOf(trace, onTheWire(trace, at));
        // None of them is what is shown: that loses nothing.
        return { scenario: identity ? withTouch(scenario, identity, { drop: true }) : scenario, shown: false };
      });
      result = await this.#play(struck);
      if (!result?.ok || !this.#wanted) return;
    }
    const traces = result.value;
    this.rows.set(ways.map(({ name, shown }, k) => ({ name, shown, trace: traces[k] as Trace })));
  }
}
