import type { Result } from '../base/result.ts';
import type { Scenario, Touch } from '../scenario/schema.ts';
import { Fate } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import type { Cell, Readable } from './cell.ts';
import { identityOf } from './identity.ts';
import { withPath } from './scenario/path.ts';
import type { Shown } from './Scene.ts';

/** The part of the door that tells when all is done if a packet is lost. */
export interface LossRunner {
  finishes(scenario: Scenario, touches: readonly Touch[]): Promise<Result<Float64Array>>;
}

/** By how much all is done later if one packet were lost, for each; some are not known yet. */
export interface Losses {
  readonly trace: Trace;
  /** ns by packet, less than 0: earlier; Infinity: never; NaN: not known, or it did not arrive anyway. */
  readonly later: Float64Array;
  /** Runs that are done, and how many there will be. */
  readonly done: number;
  readonly all: number;
  /** One packet of so many is tried. */
  readonly stride: number;
}

export interface MattersParts {
  /** Workers of their own, made when first asked for: so many as are worth it. */
  readonly runners: () => readonly LossRunner[];
  readonly shown: Readable<Shown | null>;
  /** Where it is told. */
  readonly losses: Cell<Losses | null>;
  /** Time passes, ms: whoever drags a slider comes first. */
  readonly rest: (ms: number) => Promise<void>;
}

/** Runs that a worker does before it looks up: some tens of ms, so that a change is heard. */
const BATCH = 12;
/** Packets that are tried at most; of more, one of several. */
const MOST = 3000;
/** After a change, ms. */
const REST = 150;
/** So many times it is told how far it is: each is a picture. */
const TOLD = 20;
/** Every so many packets first, then those between: the whole strip fills at once. */
const COARSE = 16;

/** When all was done in a run, ns; Infinity where something never came. */
const finishOf = ({ requests }: Trace): number =>
  requests.reduce((last, { completion }) => Math.max(last, completion ?? Infinity), 0);

/** Packets whose loss is worth a run, coarsely first. */
const tried = (trace: Trace): { rows: number[]; stride: number } => {
  const { fate, hop } = trace.packets;
  const all: number[] = [];
  for (let i = 0; i < trace.packetCount; i++) if (fate[i] === Fate.Delivered && hop[i] === 0) all.push(i);
  const stride = Math.ceil(all.length / MOST);
  const some = all.filter((_, k) => k % stride === 0);
  const rows = Array.from({ length: COARSE }, (_, phase) => some.filter((__, k) => k % COARSE === phase)).flat();
  return { rows, stride };
};

/** Which packet matters most: one run for each that could be lost, as long as somebody wants to know. */
export class Matters {
  readonly #parts: MattersParts;
  #runners: readonly LossRunner[] | null = null;
  #wanted = false;
  /** Counts changes: what comes late for an older one is dropped, and no more of it is asked for. */
  #turn = 0;

  constructor(parts: MattersParts) {
    this.#parts = parts;
    parts.shown.subscribe(() => void this.#start());
  }

  want(on: boolean): void {
    if (on === this.#wanted) return;
    this.#wanted = on;
    void this.#start();
  }

  async #start(): Promise<void> {
    const turn = ++this.#turn;
    const shown = this.#parts.shown.value;
    this.#parts.losses.set(null);
    if (!this.#wanted || !shown?.document) return;
    await this.#parts.rest(REST);
    if (turn !== this.#turn) return;
    await this.#run(turn, shown.trace, withPath(shown.document.scenario, {}));
  }

  async #run(turn: number, trace: Trace, scenario: Scenario): Promise<void> {
    const { rows, stride } = tried(trace);
    const touches = rows.flatMap((row): { row: number; touch: Touch }[] => {
      const identity = identityOf(trace, row);
      return identity ? [{ row, touch: { ...identity, drop: true } }] : [];
    });
    const before = finishOf(trace);
    const later = new Float64Array(trace.packetCount).fill(NaN);
    let next = 0;
    let done = 0;
    let told = 0;
    const tell = (): void => {
      // A new object each time: who watches sees that something came.
      this.#parts.losses.set({ trace, later, done, all: touches.length, stride });
    };
    tell();
    const work = async (runner: LossRunner): Promise<void> => {
      while (turn === this.#turn && next < touches.length) {
        const batch = touches.slice(next, (next += BATCH));
        const result = await runner.finishes(
          scenario,
          batch.map(({ touch }) => touch),
        );
        if (turn !== this.#turn) return;
        batch.forEach(({ row }, k) => {
          const finish = result.ok ? (result.value[k] ?? NaN) : NaN;
          // What never ends already cannot end later.
          later[row] = Number.isFinite(before) ? finish - before : NaN;
        });
        done += batch.length;
        if (done < touches.length && done - told < touches.length / TOLD) continue;
        told = done;
        tell();
      }
    };
    this.#runners ??= this.#parts.runners();
    await Promise.all(this.#runners.map(work));
  }
}
