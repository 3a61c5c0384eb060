import type { Trace } from '../trace/types.ts';
import { Cell } from './cell.ts';
import type { Readable } from './cell.ts';
import type { Document } from './document.ts';
import type { History } from './history.ts';
import { RunQueue } from './runQueue.ts';
import type { Runner } from './runQueue.ts';

/** The same page by another way. */
export interface Beside {
  readonly name: string;
  readonly trace: Trace;
  /** It is the run that is shown. */
  readonly shown: boolean;
}

export interface ComparisonParts {
  /** A worker of its own, started when the first comparison is asked for: what is shown does not wait for it. */
  readonly runner: () => Runner;
  readonly history: Readable<History<Document> | null>;
  readonly now: () => number;
}

/** Runs the other ways beside what is shown, as long as somebody wants to see them. */
export class Comparison {
  /** Empty: nobody asked, or it is being computed for the first time. */
  readonly rows = new Cell<readonly Beside[]>([]);
  readonly #parts: ComparisonParts;
  #queue: RunQueue | null = null;
  #wanted = false;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
    parts.history.subscribe(() => void this.#refresh());
  }

  want(on: boolean): void {
    if (on === this.#wanted) return;
    this.#wanted = on;
    if (on) void this.#refresh();
    else this.rows.set([]);
  }

  async #refresh(): Promise<void> {
    const document = this.#parts.history.value?.present;
    if (!this.#wanted) return;
    if (!document) {
      this.rows.set([]);
      return;
    }
    this.#queue ??= new RunQueue(this.#parts.runner(), this.#parts.now);
    // Few ask for a comparison, and nobody for the first picture.
    const { waysOf } = await import('../scenario/ways.ts');
    const ways = waysOf(document.scenario);
    const result = await this.#queue.request(ways.map((way) => way.scenario));
    if (!result?.ok || !this.#wanted) return;
    this.rows.set(ways.map(({ name, shown }, k) => ({ name, shown, trace: result.value[k] as Trace })));
  }
}
