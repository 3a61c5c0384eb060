import { Rng } from '../../../src/base/rng.ts';
import type { Snapshot } from './notation.ts';

/** What the link does to one segment. */
export interface Treatment {
  readonly drop?: boolean;
  /** On top of the link's delay, ms. */
  readonly extraMs?: number;
  /** Copies that arrive with it. */
  readonly copies?: number;
  /** The network marks it (RFC 3168). */
  readonly mark?: boolean;
}

/** Decides by the number of the segment in its direction, from 1. */
export type Treat = (n: number, segment: Snapshot) => Treatment;

export const deliver: Treat = () => ({});

/** n-th segments, of any kind, from 1. */
export const dropNth =
  (...numbers: readonly number[]): Treat =>
  (n) => ({ drop: numbers.includes(n) });

/** n-th segments with payload, from 1. */
export const dropData = (...numbers: readonly number[]): Treat => {
  let count = 0;
  return (_, segment) => (segment.payload > 0 ? { drop: numbers.includes(++count) } : {});
};

/** n-th segments with payload come late. */
export const delayData = (extraMs: number, ...numbers: readonly number[]): Treat => {
  let count = 0;
  return (_, segment) => (segment.payload > 0 && numbers.includes(++count) ? { extraMs } : {});
};

export const duplicateNth =
  (...numbers: readonly number[]): Treat =>
  (n) => ({ copies: numbers.includes(n) ? 1 : 0 });

/** All that a bad network does, from one seed. Rates in [0, 1]. */
export interface Weather {
  readonly seed: number;
  readonly loss: number;
  readonly reorder: number;
  readonly reorderMs: number;
  readonly duplicate: number;
  readonly mark: number;
}

export const weather = ({ seed, loss, reorder, reorderMs, duplicate, mark }: Weather): Treat => {
  const rng = new Rng(seed);
  return () => {
    const [a, b, c, d, e] = [rng.unit(), rng.unit(), rng.unit(), rng.unit(), rng.unit()];
    return { drop: a < loss, extraMs: b < reorder ? d * reorderMs : 0, copies: c < duplicate ? 1 : 0, mark: e < mark };
  };
};
