import { ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { WayKind } from '../scenario/wayKinds.ts';
import { waysOf } from '../scenario/ways.ts';
import type { Way } from '../scenario/ways.ts';
import type { Trace } from '../trace/types.ts';
import type { Beside, ComparisonParts } from './comparison.ts';
import type { Document } from './document.ts';
import { RunQueue } from './runQueue.ts';
import { struck } from './strike.ts';
import type { Strike } from './strike.ts';

/** A way as it is played. */
type Played = Pick<Way, 'scenario' | 'shown'>;

/** The ways with one loss in each; none of them is what is shown, which loses nothing. */
const struckIn = (ways: readonly Way[], before: readonly Trace[], strike: Strike): readonly Played[] =>
  ways.map(({ scenario }, k) => ({ scenario: struck(scenario, before[k] ?? null, strike), shown: false }));

/** Plays the ways that stand beside what is shown. */
export class Ways {
  readonly #parts: ComparisonParts;
  readonly #queues: readonly [RunQueue, RunQueue];

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
    this.#queues = [new RunQueue(parts.runner(), parts.now), new RunQueue(parts.runner(), parts.now)];
  }

  /** The ways of a document, each with its run; null where they cannot be played, or newer ones overtook them. */
  async rows(document: Document, kind: WayKind | null): Promise<readonly Beside[] | null> {
    const ways = waysOf(document.scenario, kind ?? undefined);
    const { strike } = document;
    // Which packet is on the wire, the runs without the loss tell.
    const before = strike && 'data' in strike ? null : await this.#play(ways);
    if (before && !before.ok) return null;
    const result = strike ? await this.#play(struckIn(ways, before?.value ?? [], strike)) : before;
    if (!result?.ok) return null;
    const traces = result.value;
    return ways.map(({ name, shown }, k) => ({ name, shown, trace: traces[k] as Trace }));
  }

  /**
   * The traces of the ways, in their order; null where newer ones overtook them. What is shown runs anyway. Of the others
   * the last one, which is HTTP/3 where there is one, costs as much as two: it has a worker of its own.
   */
  async #play(ways: readonly Played[]): Promise<Result<readonly Trace[]> | null> {
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
}
