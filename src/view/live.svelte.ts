import { createSubscriber } from 'svelte/reactivity';
import type { Readable } from '../session/cell.ts';

/** A cell that components read: `.current` is reactive where it is read in a template, a derived or an effect. */
export interface Live<T> {
  readonly current: T;
}

export const live = <T>(cell: Readable<T>): Live<T> => {
  const follow = createSubscriber((update) => cell.subscribe(update));
  return {
    get current() {
      follow();
      return cell.value;
    },
  };
};
