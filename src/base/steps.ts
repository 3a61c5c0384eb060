/**
 * Long work as a generator: whoever drives it may rest between two steps, shows how far it is, or leaves it. It yields the
 * part that is done, 0 … 1, never falling, and returns what was made.
 */
export type Steps<T> = Generator<number, T, void>;

/** Does all of it at once. */
export const atOnce = <T>(steps: Steps<T>): T => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** The same work as a share of some larger: from `from` to `to` of it. */
export function* within<T>(steps: Steps<T>, from: number, to: number): Steps<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield from + (to - from) * step.value;
  }
}
