import { createActor } from 'xstate';
import { nanos } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { Cell } from '../cell.ts';
import type { Readable } from '../cell.ts';
import type { Frames } from '../frames.ts';
import type { Range } from '../range.ts';
import { playerMachine } from './machine.ts';
import type { PlayerEvent, PlayerPhase } from './machine.ts';
import { FIRST_SPEED, nextSpeed } from './speed.ts';

/** A tab that slept must not leap: longer frames count as this. */
const LONGEST_FRAME = 0.1;

/** The clock of the page: the player machine, fed by the one frame loop while it plays. */
export class Player {
  readonly #actor = createActor(playerMachine);
  readonly #frames: Frames;
  readonly #time = new Cell<Nanos>(nanos(0));
  readonly #phase = new Cell<PlayerPhase>('paused');
  readonly #speed = new Cell<number>(FIRST_SPEED);
  readonly #loop = new Cell<Range | null>(null);
  #last: number | null = null;
  /** Shown instead of the true instant; identity unless motion is reduced. */
  #snap: (time: Nanos) => Nanos = (time) => time;

  constructor(frames: Frames) {
    this.#frames = frames;
    this.#actor.subscribe((snapshot) => {
      const phase = snapshot.value as PlayerPhase;
      const started = phase === 'playing' && this.#phase.value !== 'playing';
      this.#speed.set(snapshot.context.speed);
      this.#loop.set(snapshot.context.loop);
      this.#phase.set(phase);
      this.#time.set(phase === 'playing' ? this.#snap(snapshot.context.time) : snapshot.context.time);
      if (started) this.#run();
    });
    this.#actor.start();
  }

  get time(): Readable<Nanos> {
    return this.#time;
  }
  get phase(): Readable<PlayerPhase> {
    return this.#phase;
  }
  get speed(): Readable<number> {
    return this.#speed;
  }
  get loop(): Readable<Range | null> {
    return this.#loop;
  }

  /** With reduced motion the picture jumps from event to event: `snap` gives the last event up to an instant. */
  snapTo(snap: ((time: Nanos) => Nanos) | null): void {
    this.#snap = snap ?? ((time) => time);
  }

  play = (): void => this.#actor.send({ type: 'PLAY' });
  pause = (): void => this.#actor.send({ type: 'PAUSE' });
  toggle = (): void => this.#actor.send({ type: 'TOGGLE' });
  seek = (time: Nanos): void => this.#actor.send({ type: 'SEEK', time });
  step = (time: Nanos): void => this.#actor.send({ type: 'STEP', time });
  load = (end: Nanos): void => this.#actor.send({ type: 'LOAD', end });
  setLoop = (loop: Range | null): void => this.#actor.send({ type: 'LOOP', loop });
  setSpeed = (speed: number): void => this.#actor.send({ type: 'SPEED', speed });
  faster = (): void => this.setSpeed(nextSpeed(this.#speed.value, 1));
  slower = (): void => this.setSpeed(nextSpeed(this.#speed.value, -1));
  grab = (): void => this.#actor.send({ type: 'GRAB' });
  drag = (time: Nanos): void => this.#actor.send({ type: 'DRAG', time });
  letGo = (): void => this.#actor.send({ type: 'LET_GO' });

  /** For tests and the embed: any event of the machine. */
  send(event: PlayerEvent): void {
    this.#actor.send(event);
  }

  #run(): void {
    this.#last = null;
    this.#frames.each((now) => {
      if (this.#phase.value !== 'playing') return false;
      const seconds = this.#last === null ? 0 : Math.min((now - this.#last) / 1000, LONGEST_FRAME);
      this.#last = now;
      if (seconds > 0) this.#actor.send({ type: 'TICK', seconds });
      return this.#phase.value === 'playing';
    });
  }
}
