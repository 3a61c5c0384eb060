import type { Beat } from '../../scenario/beats.ts';

/** The name by which a sentence asks the run that lost nothing, which the page has anyway. */
export const WITHOUT_LOSS = 'without loss';

const NAMED = /\{([^{}:]+): /g;

/** Whether beats tell of the same page by other ways: as a figure, or as a number in a sentence. */
export const tellOfOthers = (beats: readonly Beat[]): boolean =>
  beats.some(
    ({ show, say, ask }) =>
      show?.includes('compare') === true ||
      [...`${say} ${ask ? `${ask.say} {${ask.of ?? ''}}` : ''}`.matchAll(NAMED)].some(
        ([, name]) => name !== WITHOUT_LOSS,
      ),
  );
