import { assign, setup } from 'xstate';
import { nanos, NS_PER_MS, ZERO } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import type { Range } from '../range.ts';

export interface PlayerContext {
  /** The viewer's instant; never the simulation's `now`. */
  readonly time: Nanos;
  readonly end: Nanos;
  /** Seconds of the viewer per ms of the run. */
  readonly speed: number;
  readonly loop: Range | null;
  /** It played before the scrubbing began. */
  readonly resume: boolean;
}

export type PlayerEvent =
  | { readonly type: 'PLAY' }
  | { readonly type: 'PAUSE' }
  | { readonly type: 'TOGGLE' }
  /** Jump; it goes on playing. */
  | { readonly type: 'SEEK'; readonly time: Nanos }
  /** Jump and stand: a step. */
  | { readonly type: 'STEP'; readonly time: Nanos }
  | { readonly type: 'GRAB' }
  | { readonly type: 'DRAG'; readonly time: Nanos }
  | { readonly type: 'LET_GO' }
  /** A frame: `seconds` of the viewer have passed. */
  | { readonly type: 'TICK'; readonly seconds: number }
  | { readonly type: 'SPEED'; readonly speed: number }
  | { readonly type: 'LOOP'; readonly loop: Range | null }
  /** Another scene: stand at its instant. */
  | {
      readonly type: 'OPEN';
      readonly end: Nanos;
      readonly time: Nanos;
      readonly loop: Range | null;
      readonly speed: number;
    }
  /** Another trace; the instant stays where it can. */
  | { readonly type: 'LOAD'; readonly end: Nanos };

const within = (time: number, end: Nanos): Nanos => nanos(Math.min(Math.max(Math.round(time), 0), end));

/** Where the playhead is after `seconds` of the viewer. */
const advanced = (context: PlayerContext, seconds: number): number =>
  context.time + (seconds / context.speed) * NS_PER_MS;

/** Last instant that playing reaches before it turns back or ends. */
const limit = (context: PlayerContext): number => context.loop?.to ?? context.end;

export const playerMachine = setup({
  types: { context: {} as PlayerContext, events: {} as PlayerEvent, input: {} as PlayerContext },
  guards: {
    atEnd: ({ context }) => context.time >= context.end,
    playedBefore: ({ context }) => context.resume,
    loops: ({ context, event }) =>
      event.type === 'TICK' && context.loop !== null && advanced(context, event.seconds) >= limit(context),
    ends: ({ context, event }) => event.type === 'TICK' && advanced(context, event.seconds) >= context.end,
  },
  actions: {
    rewind: assign({ time: ({ context }) => context.loop?.from ?? ZERO }),
    toLoopStart: assign({ time: ({ context }) => context.loop?.from ?? ZERO }),
    toEnd: assign({ time: ({ context }) => context.end }),
    advance: assign({
      time: ({ context, event }) =>
        event.type === 'TICK' ? within(advanced(context, event.seconds), context.end) : context.time,
    }),
    jump: assign({ time: ({ context, event }) => ('time' in event ? within(event.time, context.end) : context.time) }),
    remember: assign({ resume: true }),
    forget: assign({ resume: false }),
    setSpeed: assign({ speed: ({ context, event }) => (event.type === 'SPEED' ? event.speed : context.speed) }),
    setLoop: assign({ loop: ({ context, event }) => (event.type === 'LOOP' ? event.loop : context.loop) }),
    open: assign(({ event }) =>
      event.type === 'OPEN' ? { end: event.end, time: event.time, loop: event.loop, speed: event.speed } : {},
    ),
    load: assign(({ context, event }) =>
      event.type === 'LOAD' ? { end: event.end, time: within(context.time, event.end) } : {},
    ),
  },
}).createMachine({
  id: 'player',
  initial: 'paused',
  context: ({ input }) => input,
  on: {
    SEEK: { actions: 'jump' },
    STEP: { target: '.paused', actions: 'jump' },
    OPEN: { target: '.paused', actions: 'open' },
    SPEED: { actions: 'setSpeed' },
    LOOP: { actions: 'setLoop' },
    LOAD: { actions: 'load' },
  },
  states: {
    paused: {
      on: {
        PLAY: [{ guard: 'atEnd', target: 'playing', actions: 'rewind' }, { target: 'playing' }],
        TOGGLE: [{ guard: 'atEnd', target: 'playing', actions: 'rewind' }, { target: 'playing' }],
        GRAB: { target: 'scrubbing', actions: 'forget' },
      },
    },
    playing: {
      on: {
        PAUSE: 'paused',
        TOGGLE: 'paused',
        TICK: [
          { guard: 'loops', actions: 'toLoopStart' },
          { guard: 'ends', target: 'ended', actions: 'toEnd' },
          { actions: 'advance' },
        ],
        GRAB: { target: 'scrubbing', actions: 'remember' },
      },
    },
    scrubbing: {
      on: {
        DRAG: { actions: 'jump' },
        LET_GO: [{ guard: 'playedBefore', target: 'playing' }, { target: 'paused' }],
        PAUSE: 'paused',
      },
    },
    ended: {
      on: {
        PLAY: { target: 'playing', actions: 'rewind' },
        TOGGLE: { target: 'playing', actions: 'rewind' },
        GRAB: { target: 'scrubbing', actions: 'forget' },
        SEEK: { target: 'paused', actions: 'jump' },
        LOAD: { target: 'paused', actions: 'load' },
      },
    },
  },
});

export type PlayerPhase = 'paused' | 'playing' | 'scrubbing' | 'ended';
