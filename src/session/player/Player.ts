import { nanos, NS_PER_MS, ZERO } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { Cell } from '../cell.ts';
import type { Readable } from '../cell.ts';
import type { Frames } from '../frames.ts';
import type { Range } from '../range.ts';
import type { PlayerActor, startPlayer } from './actor.ts';
import type { PlayerContext, PlayerEvent, PlayerPhase } from './machine.ts';
import { FIRST_SPEED, nextSpeed } from './speed.ts';

/** A tab that slept must not leap: longer frames count as this. */
const LONGEST_FRAME = 0.1;

/** Where a scene opens. */
export interface Opening {
  readonly end: Nanos;
  readonly time: Nanos;
  readonly loop: Range | null;
  /** Absent: as it is. */
  readonly speed?: number | undefined;
}

/**
 * The clock of the page: the player machine, fed by the one frame loop while it plays. A picture needs an instant and no
 * machine, so the machine is loaded when something first moves; what is asked of it until then waits in order.
 */
export class Player {
  /** The instant is led along by somebody else, as to a beat; false ends it where it is. */
  readonly led = new Cell(false);
  readonly #frames: Frames;
  readonly #load: () => Promise<typeof startPlayer>;
  readonly #time = new Cell<Nanos>(ZERO);
  readonly #phase = new Cell<PlayerPhase>('paused');
  readonly #speed = new Cell<number>(FIRST_SPEED);
  readonly #loop = new Cell<Range | null>(null);
  #end: Nanos = ZERO;
  #actor: PlayerActor | null = null;
  #starting: Promise<void> | null = null;
  #waiting: PlayerEvent[] = [];
  #last: number | null = null;
  /** The machine's instant, which reduced motion does not show. */
  #clock: Nanos = ZERO;
  /** The instant `by` ns of the time axis after `time`: playing does not sit out what the axis leaves out. */
  #ahead: (time: Nanos, by: number) => Nanos = (time, by) => nanos(time + by);
  /** Shown instead of the true instant; identity unless motion is reduced. */
  #snap: (time: Nanos) => Nanos = (time) => time;

  constructor(
    frames: Frames,
    load = async (): Promise<typeof startPlayer> => (await import('./actor.ts')).startPlayer,
  ) {
    this.#frames = frames;
    this.#load = load;
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

  /** Shows an instant of another trace, paused. */
  open(opening: Opening): void {
    const { end, loop } = opening;
    const time = nanos(Math.min(Math.max(opening.time, 0), end));
    const speed = opening.speed ?? this.#speed.value;
    this.#end = end;
    if (this.#actor) this.#actor.send({ type: 'OPEN', end, time, loop, speed });
    else {
      this.#waiting = [];
      this.#speed.set(speed);
      this.#loop.set(loop);
      this.#time.set(time);
    }
  }

  /** Loads the machine ahead of the first move. */
  warm(): Promise<void> {
    this.#starting ??= this.#load().then((start) => {
      const input: PlayerContext = {
        time: this.#time.value,
        end: this.#end,
        speed: this.#speed.value,
        loop: this.#loop.value,
        resume: false,
      };
      this.#actor = start(input, (phase, context) => {
        this.#show(phase, context);
      });
      for (const event of this.#waiting.splice(0)) this.#actor.send(event);
    });
    return this.#starting;
  }

  /** With reduced motion the picture jumps from event to event: `snap` gives the last event up to an instant. */
  snapTo(snap: ((time: Nanos) => Nanos) | null): void {
    this.#snap = snap ?? ((time) => time);
  }

  goBy(ahead: (time: Nanos, by: number) => Nanos): void {
    this.#ahead = ahead;
  }

  play = (): void => this.send({ type: 'PLAY' });
  pause = (): void => this.send({ type: 'PAUSE' });
  /** Stops, too, what leads the instant along. */
  toggle = (): void => {
    if (this.led.value) this.led.set(false);
    else this.send({ type: 'TOGGLE' });
  };
  seek = (time: Nanos): void => this.send({ type: 'SEEK', time });
  step = (time: Nanos): void => this.send({ type: 'STEP', time });
  setLoop = (loop: Range | null): void => this.send({ type: 'LOOP', loop });
  setSpeed = (speed: number): void => this.send({ type: 'SPEED', speed });
  faster = (): void => this.setSpeed(nextSpeed(this.#speed.value, 1));
  slower = (): void => this.setSpeed(nextSpeed(this.#speed.value, -1));
  grab = (): void => this.send({ type: 'GRAB' });
  drag = (time: Nanos): void => this.send({ type: 'DRAG', time });
  letGo = (): void => this.send({ type: 'LET_GO' });
  /** Another trace in the place of the one that is shown; the instant stays where it can. */
  load = (end: Nanos): void => {
    this.#end = end;
    this.send({ type: 'LOAD', end });
  };

  send(event: PlayerEvent): void {
    if (this.#actor) this.#actor.send(event);
    else {
      this.#waiting.push(event);
      void this.warm();
    }
  }

  #show(phase: PlayerPhase, context: PlayerContext): void {
    const started = phase === 'playing' && this.#phase.value !== 'playing';
    this.#speed.set(context.speed);
    this.#loop.set(context.loop);
    this.#clock = context.time;
    this.#phase.set(phase);
    this.#time.set(phase === 'playing' ? this.#snap(context.time) : context.time);
    if (started) this.#run();
  }

  /** Seconds that the machine, whose time is linear, needs to come as far as the axis does in `seconds`. */
  #onAxis(seconds: number): number {
    const time = this.#clock;
    const speed = this.#speed.value;
    return ((this.#ahead(time, (seconds / speed) * NS_PER_MS) - time) / NS_PER_MS) * speed || seconds;
  }

  #run(): void {
    this.#last = null;
    this.#frames.each((now) => {
      if (this.#phase.value !== 'playing') return false;
      const seconds = this.#last === null ? 0 : Math.min((now - this.#last) / 1000, LONGEST_FRAME);
      this.#last = now;
      if (seconds > 0) this.send({ type: 'TICK', seconds: this.#onAxis(seconds) });
      return this.#phase.value === 'playing';
    });
  }
}
