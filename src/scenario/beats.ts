import * as v from 'valibot';
import { panelNames } from './panels.ts';
import { strict } from './strict.ts';

/**
 * Beats of a scene: instants worth stopping at, each with its view and one sentence. They tell about a run and change
 * nothing in it. Times in ms.
 */

const MAX_MS = 86_400_000;
const ms = (least: number) => v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(MAX_MS));
const text = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most));

const answer = strict({
  say: text(200),
  /** A number that the run is asked for: the answer that lies nearest to it is right. */
  is: v.optional(v.pipe(v.number(), v.finite())),
  /** Where no number tells. */
  right: v.optional(v.boolean()),
});

const question = v.pipe(
  strict({
    say: text(300),
    /** What the run is asked for, as between the braces of a sentence: `firstByte rtt`. */
    of: v.optional(text(120)),
    answers: v.pipe(v.array(answer), v.minLength(2), v.maxLength(6)),
  }),
  v.check(
    ({ of, answers }) =>
      of === undefined
        ? answers.some(({ right }) => right === true) && answers.every(({ is }) => is === undefined)
        : answers.every(({ is, right }) => is !== undefined && right === undefined),
    'a question has either “of”, and each answer its number in “is”, or at least one answer that says “right”',
  ),
);

export const beatSchema = v.pipe(
  strict({
    at: ms(0),
    /** The visible range; absent: as it is. */
    from: v.optional(ms(-MAX_MS)),
    to: v.optional(ms(-MAX_MS)),
    /** The figures; absent: as they are. */
    show: v.optional(v.pipe(v.array(v.picklist(panelNames)), v.minLength(1), v.maxLength(panelNames.length))),
    /** A packet, as the address names it: `page.down.41992.2`. */
    packet: v.optional(text(200)),
    /** What is left out: acknowledgements, the other future, words on the figures, all after the instant. */
    hide: v.optional(v.pipe(v.array(v.picklist(['acks', 'ghost', 'labels', 'future'])), v.maxLength(4))),
    /** One sentence; what stands in braces is asked from the run: `{firstByte rtt}`. */
    say: v.optional(v.pipe(v.string(), v.maxLength(600)), ''),
    ask: v.optional(question),
  }),
  v.check(
    ({ from, to }) => (from === undefined) === (to === undefined) && (from === undefined || to! > from),
    '“from” and “to” go together, and “to” is the later',
  ),
);

/** More than a talk has clicks. */
export const beatsSchema = v.pipe(v.array(beatSchema), v.maxLength(200));

export type Beat = v.InferOutput<typeof beatSchema>;
export type BeatInput = v.InferInput<typeof beatSchema>;
export type Question = NonNullable<Beat['ask']>;
export type Hidden = NonNullable<Beat['hide']>[number];
