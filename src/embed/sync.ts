import type { Nanos } from '../base/time.ts';

/** Whoever follows the clock of its group. */
export interface Follower {
  follow(time: Nanos): void;
}

const groups = new Map<string, Set<Follower>>();

/** Joins the scenes that carry the same name. Returns the way to leave. */
export const join = (name: string, one: Follower): (() => void) => {
  const group = groups.get(name) ?? new Set();
  groups.set(name, group);
  group.add(one);
  return () => {
    group.delete(one);
    if (group.size === 0) groups.delete(name);
  };
};

/** Tells the others of a group where the clock is. */
export const tell = (name: string, from: Follower, time: Nanos): void => {
  for (const one of groups.get(name) ?? []) if (one !== from) one.follow(time);
};
