import type { Beat } from '../../scenario/beats.ts';
import { Beats } from '../../session/beats/Beats.ts';
import { sentenceOf } from '../../session/beats/sentence.ts';
import type { Told } from '../../session/beats/values.ts';
import { Cell } from '../../session/cell.ts';
import type { Scene } from '../../session/Scene.ts';
import type { Bench } from '../context.ts';

/** The beats of a bench, and which of them is being written. */
export interface Written {
  readonly beats: Beats;
  /** The beat whose sentence has the cursor; null: none. */
  readonly editing: Cell<number | null>;
}

const known = new WeakMap<Scene, Written>();

/** Made when a scene's first beat is asked for. */
export const beatsOf = ({ scene, display, frames }: Bench): Written => {
  let written = known.get(scene);
  if (!written) {
    const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
    written = { beats: new Beats({ scene, display, frames, still }), editing: new Cell<number | null>(null) };
    known.set(scene, written);
  }
  return written;
};

/** What sentences may ask now; null: nothing is shown yet. */
export const toldOf = ({ shown, beside }: Scene): Told | null =>
  shown.value && {
    trace: shown.value.trace,
    scenario: shown.value.document?.scenario ?? null,
    beside: beside.value,
  };

/** What keys and buttons do to beats. */
export const actOn = (bench: Bench, act: 'add' | 'next' | 'previous'): boolean => {
  const { beats, editing } = beatsOf(bench);
  if (act === 'next') return beats.next();
  if (act === 'previous') return beats.previous();
  const at = beats.add();
  if (at >= 0) editing.set(at);
  return at >= 0;
};

/** A beat on one line: its question, which comes before its sentence, or what stands in for words. */
export const lineOf = (told: Told | null, { say, ask }: Beat, without: string): string =>
  ask || say !== '' ? sentenceOf(told, ask?.say ?? say) : without;
