import type { Beat } from '../../scenario/beats.ts';

/** Where a click of the presenter's remote brings a scene: to a beat, its question still open or answered. */
export interface Click {
  readonly beat: number;
  readonly answered: boolean;
}

/** The clicks of a scene: one a beat, and one more where a question stands: asked first, then answered. */
export const clicksOf = (beats: readonly Beat[]): readonly Click[] =>
  beats.flatMap(({ ask }, beat): Click[] =>
    ask
      ? [
          { beat, answered: false },
          { beat, answered: true },
        ]
      : [{ beat, answered: true }],
  );
