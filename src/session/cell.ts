/** One value that others watch. Framework-free; `view/live.svelte.ts` makes it reactive for components. */
export interface Readable<T> {
  readonly value: T;
  /** Calls back after each change, not at once. Returns the way to stop. */
  subscribe(listener: (value: T) => void): () => void;
}

export class Cell<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(first: T) {
    this.#value = first;
  }

  get value(): T {
    return this.#value;
  }

  /** Tells every listener, unless the value is the one that it holds. */
  set(next: T): void {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener(next);
  }

  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
