import type { Trace } from '../trace/types.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { WayKind } from '../scenario/wayKinds.ts';
import { Cell } from './cell.ts';
import type { Ways } from './comparing.ts';
import type { Document } from './document.ts';
import { edit } from './history.ts';
import type { History } from './history.ts';
import type { Shown } from './parts.ts';
import type { Runner } from './runQueue.ts';
import type { Strike } from './strike.ts';

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
  readonly history: Cell<History<Document> | null>;
  readonly now: () => number;
}

/** Packets of a run of which those beside it take no longer than a moment. */
const SHORT = 5000;

/** Runs the other ways beside what is shown, as long as somebody wants to see them. */
export class Comparison {
  /** Empty: nobody asked, or it is being computed for the first time. */
  readonly rows = new Cell<readonly Beside[]>([]);
  /** What is compared; null: what the scenario is compared by itself. */
  readonly kind = new Cell<WayKind | null>(null);
  readonly #parts: ComparisonParts;
  /** Once: asking a browser for a module it has costs a ms. */
  #ways: Promise<Ways> | null = null;
  #wanted = false;
  /** What is under way, and of which document. */
  #pending: { readonly of: Document | undefined; readonly over: Promise<void> } | null = null;

  constructor(parts: ComparisonParts) {
    this.#parts = parts;
    parts.history.subscribe(() => this.#renew());
    this.kind.subscribe(() => this.#renew());
  }

  want(on: boolean): void {
    if (on === this.#wanted) return;
    this.#wanted = on;
    if (on) this.#renew();
    else this.rows.set([]);
  }

  /**
   * Resolves once what is compared with a run stands in `rows`, or will not come: one picture shows both. At once where
   * nobody asked, and where it would take long.
   */
  async settled({ document, trace }: Shown): Promise<void> {
    if (this.#pending?.of === document && trace.packetCount < SHORT) await this.#pending.over;
  }

  /** One loss in every way; null: none any more. A step of undo; what is shown beside it does not run again. */
  strike(strike: Strike | null, did: string): void {
    const { history } = this.#parts;
    if (!history.value) return;
    const { strike: _gone, ...present } = history.value.present;
    history.set(edit(history.value, { ...present, did, ...(strike && { strike }) }));
  }

  #renew(): void {
    if (!this.#wanted) return;
    const pending = { of: this.#parts.history.value?.present, over: this.#refresh() };
    this.#pending = pending;
    void pending.over.then(() => {
      if (this.#pending === pending) this.#pending = null;
    });
  }

  async #refresh(): Promise<void> {
    const document = this.#parts.history.value?.present;
    if (!document) {
      this.rows.set([]);
      return;
    }
    // Few ask for a comparison, and nobody for the first picture.
    this.#ways ??= import('./comparing.ts').then(({ Ways }) => new Ways(this.#parts));
    // What is shown is asked for once this has begun to wait.
    const rows = await (await this.#ways).rows(document, this.kind.value);
    if (rows && this.#wanted) this.rows.set(rows);
  }
}
