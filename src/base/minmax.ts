/**
 * Windowed running maximum or minimum after Kathleen Nichols (Linux `lib/win_minmax.c`): keeps the best, second and
 * third best sample, each later than the former, so that the best of the last `window` units is known at all times.
 */
export class WindowedBest {
  readonly #time = [0, 0, 0];
  readonly #value: number[];
  readonly #better: (a: number, b: number) => boolean;

  constructor(kind: 'max' | 'min', initial: number) {
    this.#better = kind === 'max' ? (a, b) => a >= b : (a, b) => a <= b;
    this.#value = [initial, initial, initial];
  }

  get best(): number {
    return this.#value[0] as number;
  }

  /** Forgets everything but one sample. */
  reset(time: number, value: number): number {
    this.#time.fill(time);
    this.#value.fill(value);
    return value;
  }

  /** The unit of the values changes: each is `factor` times what it was. */
  scale(factor: number): void {
    for (let i = 0; i < 3; i++) this.#value[i] = (this.#value[i] as number) * factor;
  }

  /** Adds a sample taken at `time` (any unit that `window` shares); returns the best of the window. */
  update(window: number, time: number, value: number): number {
    const t = this.#time;
    const v = this.#value;
    const better = this.#better;
    if (better(value, v[0] as number) || time - (t[2] as number) > window) return this.reset(time, value);
    if (better(value, v[1] as number)) {
      v[1] = v[2] = value;
      t[1] = t[2] = time;
    } else if (better(value, v[2] as number)) {
      v[2] = value;
      t[2] = time;
    }
    return this.#age(window, time, value);
  }

  #age(window: number, time: number, value: number): number {
    const t = this.#time;
    const v = this.#value;
    const age = time - (t[0] as number);
    if (age > window) {
      // The best has left the window: the second takes its place, and may have left as well.
      this.#shift(time, value);
      if (time - (t[0] as number) > window) this.#shift(time, value);
    } else if (t[1] === t[0] && age > window / 4) {
      v[1] = v[2] = value;
      t[1] = t[2] = time;
    } else if (t[2] === t[1] && age > window / 2) {
      v[2] = value;
      t[2] = time;
    }
    return v[0] as number;
  }

  #shift(time: number, value: number): void {
    const t = this.#time;
    const v = this.#value;
    v[0] = v[1] as number;
    t[0] = t[1] as number;
    v[1] = v[2] as number;
    t[1] = t[2] as number;
    v[2] = value;
    t[2] = time;
  }
}
