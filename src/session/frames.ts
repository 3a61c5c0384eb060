/** The browser's animation frames, handed in so that tests can count and drive them. */
export interface FrameSource {
  request(callback: (nowMs: number) => void): number;
  cancel(handle: number): void;
}

/** Returns whether it wants the next frame too. */
export type Tick = (nowMs: number) => boolean;

/**
 * The one animation-frame loop of a page. It runs only while something moves: a tick that wants the next frame, or a
 * painting that was asked for. An idle page asks for no frame.
 */
export class Frames {
  readonly #source: FrameSource;
  readonly #ticks = new Set<Tick>();
  #paints = new Set<() => void>();
  #handle: number | null = null;

  constructor(source: FrameSource) {
    this.#source = source;
  }

  /** True while a frame is asked for. */
  get running(): boolean {
    return this.#handle !== null;
  }

  /** Calls `tick` once a frame until it returns false. */
  each(tick: Tick): void {
    this.#ticks.add(tick);
    this.#ask();
  }

  /** Runs `paint` once in the next frame, however often it is asked for until then. */
  soon(paint: () => void): void {
    this.#paints.add(paint);
    this.#ask();
  }

  forget(paint: () => void): void {
    this.#paints.delete(paint);
  }

  #ask(): void {
    this.#handle ??= this.#source.request((now) => this.#frame(now));
  }

  #frame(now: number): void {
    this.#handle = null;
    for (const tick of [...this.#ticks]) {
      if (!tick(now)) this.#ticks.delete(tick);
    }
    // What ticks ask to be painted belongs to this frame; what painting asks for, to the next.
    const paints = this.#paints;
    this.#paints = new Set();
    for (const paint of paints) paint();
    if (this.#ticks.size > 0 || this.#paints.size > 0) this.#ask();
  }
}
