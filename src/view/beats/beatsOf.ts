import { Beats } from '../../session/beats/Beats.ts';
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

/** What keys and buttons do to beats. */
export const actOn = (bench: Bench, act: 'add' | 'next' | 'previous'): boolean => {
  const { beats, editing } = beatsOf(bench);
  // A question that nobody answered is answered first: its sentence is part of the way.
  if (act === 'next') return beats.reveal() || beats.next();
  if (act === 'previous') return beats.previous();
  const at = beats.add();
  if (at >= 0) editing.set(at);
  return at >= 0;
};

export { lineOf, toldOf } from './telling.ts';
