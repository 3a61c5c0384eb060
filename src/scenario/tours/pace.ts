import type { BeatInput } from '../beats.ts';

/** Words that are read in a second, slowly: there is a figure to look at, too. */
const WORDS_A_SECOND = 3;
/** What the way to a beat and a look at the figure take, s. */
const LOOK_S = 6;
/** What it takes to choose an answer, s. */
const THINK_S = 8;

const CITATION = /\(RFC[^)]*\)/g;
const wordsIn = (text: string): number =>
  text
    .replace(CITATION, '')
    .split(/\s+/)
    .filter((word) => word !== '').length;

/** How long a tour takes somebody who reads every sentence of it, s. */
export const secondsOf = (beats: readonly BeatInput[]): number =>
  beats.reduce(
    (sum, { say = '', ask }) =>
      sum +
      LOOK_S +
      wordsIn(say) / WORDS_A_SECOND +
      (ask ? THINK_S + wordsIn([ask.say, ...ask.answers.map((answer) => answer.say)].join(' ')) / WORDS_A_SECOND : 0),
    0,
  );
