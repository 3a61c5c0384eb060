import { fromMs, nanos, NS_PER_MS } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { Beat } from '../../scenario/beats.ts';
import { Cell } from '../cell.ts';
import type { Display } from '../Display.ts';
import type { Frames } from '../frames.ts';
import { placeOfBeat } from '../opening.ts';
import type { Range } from '../range.ts';
import type { Scene } from '../Scene.ts';
import { selectionOf } from '../selection.ts';
import { beatHere } from './moment.ts';

export interface BeatsParts {
  readonly scene: Scene;
  readonly display: Display;
  readonly frames: Frames;
  /** Whether motion is unwanted now: then a beat is there at once. */
  readonly still: () => boolean;
}

/** The way to a beat takes as long as its time does at the speed in force, but no less and no more than this, s. */
const SHORTEST = 0.4;
const LONGEST = 3;
/** The view changes in the first part of the way. */
const TURN = 0.5;

const ease = (x: number): number => x * x * (3 - 2 * x);
const between = (a: number, b: number, part: number): Nanos => nanos(Math.round(a + (b - a) * part));

/**
 * Stepping through the beats of a scene, and writing them. Forward the run plays up to the beat's instant; backward the
 * beat is there, finished.
 */
export class Beats {
  /** Which answer was chosen at the present beat; null: none yet. */
  readonly picked = new Cell<number | null>(null);
  /** The question of the present beat is answered: by choice, or because the scene came back to it. */
  readonly revealed = new Cell(false);
  /** The run plays up to the present beat. */
  readonly underway: Cell<boolean>;
  readonly #parts: BeatsParts;
  /** Counts ways: one that is overtaken stops. */
  #way = 0;

  constructor(parts: BeatsParts) {
    this.#parts = parts;
    const { scene, display } = parts;
    this.underway = scene.player.led;
    this.underway.subscribe((is) => {
      if (!is) this.#way++;
    });
    // Whoever takes the playhead ends the way.
    scene.player.phase.subscribe((phase) => {
      if (phase === 'playing' || phase === 'scrubbing') this.#stop();
    });
    scene.beat.subscribe(() => this.#fresh());
    this.revealed.subscribe((is) => {
      if (is && this.list[this.current]?.ask) display.unveil();
    });
    scene.shown.subscribe(() => {
      if (scene.beat.value < 0) this.#stop();
    });
  }

  get list(): readonly Beat[] {
    return this.#parts.scene.beats.value;
  }
  get current(): number {
    return this.#parts.scene.beat.value;
  }

  /** The beat after the present one, played up to; false where there is none. */
  next = (): boolean => this.go(this.current + 1);
  /** The beat before, finished; false where there is none. */
  previous = (): boolean => this.go(this.current - 1, true);

  /**
   * Goes to a beat. `finished`: it is there at once. `answered`: its question is, too. Returns false where there is no
   * such beat.
   */
  go(index: number, finished = index <= this.current, answered = finished): boolean {
    const beat = this.list[index];
    const { scene } = this.#parts;
    if (!beat || !scene.trace) return false;
    this.#stop();
    scene.player.pause();
    if (scene.beat.value === index) this.#fresh();
    scene.beat.set(index);
    this.#parts.display.dress(beat);
    if (answered) this.revealed.set(true);
    const forward = fromMs(beat.at) > scene.player.time.value;
    if (finished || !forward || this.#parts.still()) this.#arrive(beat);
    else void this.#play(beat);
    return true;
  }

  /** Answers the question of the present beat. */
  answer(index: number): void {
    this.#land();
    this.picked.set(index);
    this.revealed.set(true);
  }

  /** Answers a question that nobody answered; false where none waits. */
  reveal(): boolean {
    if (!this.list[this.current]?.ask || this.revealed.value) return false;
    this.#land();
    this.revealed.set(true);
    return true;
  }

  /** Keeps what is on the page as a beat behind the present one, and goes to it. */
  add(): number {
    const { scene, display } = this.#parts;
    if (!scene.trace) return -1;
    this.#stop();
    const at = this.current < 0 ? this.list.length : this.current + 1;
    scene.setBeats([...this.list.slice(0, at), beatHere(scene, display), ...this.list.slice(at)]);
    scene.beat.set(at);
    return at;
  }

  /** Changes a beat in place. */
  change(index: number, by: Partial<Beat>): void {
    this.#parts.scene.setBeats(this.list.map((beat, i) => (i === index ? { ...beat, ...by } : beat)));
  }

  /** Puts what is on the page into a beat; its words stay. */
  retake(index: number): void {
    const { say, ask } = this.list[index] ?? { say: '' };
    const { scene, display } = this.#parts;
    const here = { ...beatHere(scene, display), say, ...(ask && { ask }) };
    scene.setBeats(this.list.map((beat, i) => (i === index ? here : beat)));
  }

  /** Moves a beat to another place in the order; the present beat stays the present one. */
  move(from: number, to: number): void {
    const beat = this.list[from];
    if (!beat || to < 0 || to >= this.list.length || to === from) return;
    const now = this.list[this.current];
    const rest = this.list.filter((_, i) => i !== from);
    const next = [...rest.slice(0, to), beat, ...rest.slice(to)];
    this.#parts.scene.setBeats(next);
    if (now) this.#parts.scene.beat.set(next.indexOf(now));
  }

  remove(index: number): void {
    const { scene } = this.#parts;
    if (!this.list[index]) return;
    scene.setBeats(this.list.filter((_, i) => i !== index));
    if (index > this.current) return;
    const next = Math.min(Math.max(this.current - 1, 0), this.list.length - 1);
    // The one that is told of now is the one that is seen.
    if (index < this.current || next < 0) scene.beat.set(next);
    else this.go(next, true);
  }

  #fresh(): void {
    this.picked.set(null);
    this.revealed.set(false);
  }

  /** Who answers on the way is there: what is right is told of the beat's own instant. */
  #land(): void {
    const beat = this.list[this.current];
    if (!beat || !this.underway.value) return;
    this.#stop();
    this.#arrive(beat);
  }

  #stop(): void {
    this.#way++;
    this.underway.set(false);
  }

  #arrive(beat: Beat): void {
    const { scene } = this.#parts;
    const { time = nanos(0), range, selection } = placeOfBeat(beat);
    scene.select(selection && scene.trace ? selectionOf(scene.trace, selection) : null);
    scene.player.seek(time);
    if (range) scene.show(range);
    else scene.reveal();
  }

  /** Plays the run up to the beat. The view moves first, so that what happens is seen where it will stay. */
  async #play(beat: Beat): Promise<void> {
    const { scene, frames } = this.#parts;
    const { player } = scene;
    const way = ++this.#way;
    this.underway.set(true);
    await player.warm();
    if (way !== this.#way) return;
    const { time = nanos(0), range } = placeOfBeat(beat);
    const start = player.time.value;
    const view = scene.range.value;
    scene.select(null);
    const seconds = (scene.lengthOf({ from: start, to: time }) / NS_PER_MS) * player.speed.value;
    const lasts = Math.min(Math.max(seconds, SHORTEST), LONGEST) * 1000;
    let begun: number | null = null;
    let shown: Nanos = start;
    frames.each((now) => {
      if (way !== this.#way) return false;
      // Somebody else moved the playhead.
      if (player.time.value !== shown) {
        this.#stop();
        return false;
      }
      begun ??= now;
      const part = Math.min((now - begun) / lasts, 1);
      if (part >= 1) {
        this.#stop();
        this.#arrive(beat);
        return false;
      }
      if (range) scene.show(turned(view, range, ease(Math.min(part / TURN, 1))));
      player.seek(scene.moved(start, scene.lengthOf({ from: start, to: time }) * part));
      shown = player.time.value;
      return true;
    });
  }
}

const turned = (from: Range, to: Range, part: number): Range => ({
  from: between(from.from, to.from, part),
  to: between(from.to, to.to, part),
});
