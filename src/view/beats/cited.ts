import { rfcLink } from '../rfc.ts';

/** A piece of a sentence; `href`: it names a section of an RFC, which stands there. */
export interface Piece {
  readonly text: string;
  readonly href: string | null;
}

const SECTION = /RFC \d+(?: §\d+(?:\.\d+)*)?/g;

/** A sentence, with the sections that it names as pieces of their own. */
export const cited = (sentence: string): Piece[] => {
  const pieces: Piece[] = [];
  let done = 0;
  for (const { 0: text, index } of sentence.matchAll(SECTION)) {
    if (index > done) pieces.push({ text: sentence.slice(done, index), href: null });
    pieces.push({ text, href: rfcLink(text) });
    done = index + text.length;
  }
  if (done < sentence.length) pieces.push({ text: sentence.slice(done), href: null });
  return pieces;
};
