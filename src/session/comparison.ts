import type { Scenario } from '../scenario/schema.ts';
import type { Trace } from '../trace/types.ts';
import { Cell } from './cell.ts';
import type { Readable } from './cell.ts';
import type { Document } from './document.ts';
import type { History } from './history.ts';
import { RunQueue } from './runQueue.ts';
import type { Runner } from './runQueue.ts';
import { tlsChoices, tlsOf, withTls } from './scenario/edits.ts';

/** The same page by another way. */
export interface Beside {
  readonly name: string;
  readonly trace: Trace;
  /** It is the run that is shown. */
  readonly shown: boolean;
}

/** The ways that are worth comparing: from the longest handshake to none at all. */
const compared = ['1.2', '1.3', '1.3 psk', '1.3 0rtt'] as const;

const waysOf = (scenario: Scenario): { name: string; scenario: Scenario; shown: boolean }[] => {
  const own = tlsOf(scenario);
  return tlsChoices
    .filter(({ id }) => compared.some((one) => one === id))
    .map((choice) => ({
      name: `TLS ${choice.name}`,
      // The same seed, path and losses: only the handshake differs.
      scenario: withTls(scenario, choice),
      shown: choice.id === own,
    }));
};

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
    const ways = waysOf(document.scenario);
    const result = await this.#queue.request(ways.map((way) => way.scenario));
    if (!result?.ok || !this.#wanted) return;
    this.rows.set(ways.map(({ name, shown }, k) => ({ name, shown, trace: result.value[k] as Trace })));
  }
}
