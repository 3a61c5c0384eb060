import * as v from 'valibot';

/**
 * What a frame and the page around it say to each other, version 1. Every message is an object with `roundtrip: 1` and a
 * `type`; unknown types and wrong shapes are not answered. No message makes a scene load a file.
 */
export const VERSION = 1;

/** Longer than any state that a person shares. */
const state = v.pipe(v.string(), v.maxLength(200_000));
const one = <T extends string>(type: T) => ({ roundtrip: v.literal(VERSION), type: v.literal(type) });

/** From the page to the frame. */
export const orderSchema = v.variant('type', [
  v.object({
    ...one('beat'),
    beat: v.union([v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(199)), v.picklist(['next', 'previous'])]),
    /** At once, without the way to it. */
    finished: v.optional(v.boolean()),
  }),
  /** To what a click of the remote comes to: of `clicks` in `ready`, from 0. */
  v.object({
    ...one('click'),
    click: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(399)),
    finished: v.optional(v.boolean()),
  }),
  v.object({ ...one('seek'), ms: v.pipe(v.number(), v.finite()) }),
  /** A state string; keys that it does not name go back to their defaults. */
  v.object({ ...one('set'), state }),
  v.object({ ...one('play') }),
  v.object({ ...one('pause') }),
  /** Asks for a `state` message. */
  v.object({ ...one('state') }),
  /** Asks for a `ready` message, for a page that came too late to hear the first. */
  v.object({ ...one('hello') }),
  /** Asks for a `poster` message: a beat as SVG. */
  v.object({ ...one('poster'), beat: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(199)) }),
]);
export type Order = v.InferOutput<typeof orderSchema>;

/** reveal.js tells frames when their slide comes and goes. */
export const slideWords = ['slide:start', 'slide:stop'] as const;

/** From the frame to the page. */
export type Report =
  | {
      readonly type: 'ready';
      readonly title: string;
      readonly beats: readonly { readonly ms: number; readonly say: string }[];
      readonly beat: number;
      /** What clicks come to, in their order: a question takes two. */
      readonly clicks: readonly { readonly beat: number; readonly answered: boolean }[];
      /** The beat that stands on paper alone; null: each does. */
      readonly poster: number | null;
    }
  | { readonly type: 'beat'; readonly beat: number; readonly count: number; readonly say: string }
  | {
      readonly type: 'state';
      readonly state: string | null;
      readonly ms: number;
      readonly playing: boolean;
      readonly beat: number;
    }
  /** A key that the scene does not use: the deck's. */
  | { readonly type: 'nav'; readonly key: string; readonly to: 'next' | 'prev' | 'up' | 'down' | null }
  | { readonly type: 'poster'; readonly beat: number; readonly svg: string };

export const readOrder = (data: unknown): Order | null => {
  const read = v.safeParse(orderSchema, data);
  return read.success ? read.output : null;
};
