import { noHits, Panel } from './series/panel.ts';
import type { Figure, FigureName, LayoutInput } from './types.ts';

/**
 * What somebody on the way cannot draw at all: the sentence that stands in the place of the picture. The names of the
 * panels are those that the pictures have, and what would have a unit has none.
 */
const sentences = {
  streams: ['Streams', 'Which bytes belong to which resource is encrypted: an observer sees one flow of packets.'],
  waterfall: ['Waterfall', 'What is asked for, and where an answer ends, is encrypted: an observer sees no resources.'],
  // RFC 9001 §5.4.
  timesequence: ['Packets', 'Header protection hides packet numbers: an observer sees sizes and times only.'],
  // RFC 9000 §13.2: acknowledgements are frames.
  window: ['Window', 'Acknowledgements are encrypted: an observer cannot tell what is still in flight.'],
  // RFC 9000 §17.4.
  rtt: ['RTT', 'Acknowledgements are encrypted: an observer has only the handshake and the spin bit to measure by.'],
} as const satisfies Partial<Record<FigureName, readonly [name: string, sentence: string]>>;

/** The figure with its sentence, on the shared time axis. */
export const unseen = (input: LayoutInput, name: keyof typeof sentences, title: string): Figure => {
  const [words, sentence] = sentences[name];
  const panel = new Panel(input, name, title, words, 'not seen');
  panel.nothing(sentence);
  return panel.finish(noHits, sentence);
};
