import { breather } from '../job.ts';
import type { Job } from '../job.ts';
import type { Slide } from '../slide.ts';
import { steady } from '../steady.ts';
import { HEIGHT, pictureOf, WIDTH } from '../view.ts';
import { finished, SENTENCE, TITLE } from './finish.ts';
import { addMark } from './shapes.ts';
import type { Mark } from '../../figure/types.ts';

/** CSS px and English metric units of an inch. */
const PX = 96;
const EMU = 914_400;

/** What a shape is called in PowerPoint's list of shapes. */
const nameOf = (mark: Mark, above: number): string => {
  if (mark.shape === 'text' && mark.id === null && mark.y < above) return mark.weight >= 600 ? TITLE : SENTENCE;
  return mark.id ? `${mark.id.kind} ${String(mark.id.index)}` : mark.shape;
};

/**
 * A deck for PowerPoint, Keynote, Google Slides: a slide a beat, of native shapes and text boxes, with its note for the
 * speaker. Rejects with the signal's reason where it was ended.
 */
export const deckBytes = async (slides: readonly Slide[], job: Job): Promise<Uint8Array> => {
  const { default: Deck } = await import('pptxgenjs');
  const rest = breather(job);
  const deck = new Deck();
  deck.title = slides[0]?.view.trace.title ?? '';
  deck.author = 'Roundtrip';
  deck.company = 'Roundtrip';
  // One size for all: the highest picture's.
  const options = steady(slides.map(({ view }) => view));
  const { above = 0, height = HEIGHT } = options;
  deck.defineLayout({ name: 'roundtrip', width: WIDTH / PX, height: height / PX });
  deck.layout = 'roundtrip';
  const texts = [];
  for (const [k, { view, note }] of slides.entries()) {
    const slide = deck.addSlide();
    if (!view.theme.transparent) slide.background = { color: view.theme.ground.replace('#', '') };
    const picture = pictureOf(view, options);
    for (const mark of picture.marks) {
      addMark(slide, mark, nameOf(mark, above));
      await rest();
    }
    texts.push({ figure: 'Figure', description: picture.summary });
    slide.addNotes(note === '' ? view.trace.title : note);
    job.progress((k + 1) / (slides.length + 1));
    await rest();
  }
  const stored = (await deck.write({ outputType: 'uint8array' })) as Uint8Array;
  const size = { width: Math.round((WIDTH / PX) * EMU), height: Math.round((height / PX) * EMU) };
  const bytes = await finished(stored, texts, size, job.signal);
  job.signal.throwIfAborted();
  job.progress(1);
  return bytes;
};
