import { breather } from '../job.ts';
import type { Job } from '../job.ts';
import { pictureOf } from '../view.ts';
import type { SceneView } from '../view.ts';
import { addMark } from './shapes.ts';

const PX = 96;

/**
 * A deck for PowerPoint, Keynote, Google Slides: a slide a beat, of native shapes and text boxes, its sentence as the
 * speaker's note. Rejects with the signal's reason where it was ended.
 */
export const deckBytes = async (beats: readonly SceneView[], job: Job): Promise<Uint8Array> => {
  const { default: Deck } = await import('pptxgenjs');
  const rest = breather(job);
  const deck = new Deck();
  deck.title = beats[0]?.trace.title ?? '';
  deck.author = 'Roundtrip';
  deck.company = 'Roundtrip';
  const pictures = beats.map((view) => pictureOf(view));
  // One size for all: the highest picture's.
  const height = Math.max(...pictures.map((picture) => picture.height));
  deck.defineLayout({ name: 'roundtrip', width: pictures[0] ? pictures[0].width / PX : 1, height: height / PX });
  deck.layout = 'roundtrip';
  for (const [k, view] of beats.entries()) {
    const slide = deck.addSlide();
    if (!view.theme.transparent) slide.background = { color: view.theme.ground.replace('#', '') };
    for (const mark of pictures[k]?.marks ?? []) {
      addMark(slide, mark);
      await rest();
    }
    slide.addNotes(view.sentence === '' ? view.trace.title : view.sentence);
    job.progress((k + 1) / (beats.length + 1));
  }
  const stored = (await deck.write({ outputType: 'uint8array' })) as Uint8Array;
  job.signal.throwIfAborted();
  const bytes = await compressed(stored);
  job.signal.throwIfAborted();
  job.progress(1);
  return bytes;
};

/** The library compresses only where it saves the file itself: a slide of shapes is ten times smaller so. */
const compressed = async (stored: Uint8Array): Promise<Uint8Array> => {
  const { default: Zip } = await import('jszip');
  const zip = await Zip.loadAsync(stored);
  return zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' });
};
