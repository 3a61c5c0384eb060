import { mount, unmount } from 'svelte';
import { breather, ExportError, paced } from '../export/job.ts';
import type { Job } from '../export/job.ts';
import type { SceneView } from '../export/view.ts';
import { telling, theme } from '../figure/theme.ts';
import { Cell } from '../session/cell.ts';
import type { Bench, ExportKind } from '../view/context.ts';
import { kindNames, words } from '../view/top/Export.words.ts';
import ExportProgress from '../view/top/ExportProgress.svelte';
import { fileName, save } from './exports/save.ts';
import { askFilm } from './exports/film.ts';
import type { FilmOrder } from './exports/film.ts';
import { computed, slidesOf } from './exports/views.ts';
import type { Slides } from './exports/views.ts';

/** A file that was made: what it holds, how its name ends, and what is to be said of it. */
interface Made {
  readonly blob: Blob;
  readonly ending: string;
  readonly note?: string;
}

/** A page in one file has neither video nor slides with it: their libraries weigh more than the rest. */
const isAlone = import.meta.env.MODE === 'standalone';

const text = (content: string, type: string): Blob => new Blob([content], { type });

const onlyOnPage = (): never => {
  throw new ExportError(
    'A page in one file makes pictures and data; slides, video and pages are made by the page that it was saved on.',
  );
};

/** The scene as it looks now, large and without ground where it goes on a slide. */
const svgOf = async (view: SceneView, isSlide: boolean, job: Job): Promise<Made> => {
  const { pictureOf } = await import('../export/view.ts');
  const { svgText } = await import('../export/svg.ts');
  const rest = breather(job);
  const look = isSlide ? telling(theme(`${view.theme.name}-stage-transparent`), view.theme.tells) : view.theme;
  // A slide has its own title.
  const figure = pictureOf({ ...view, theme: look }, { heading: !isSlide });
  await rest();
  return { blob: text(await svgText(figure, look), 'image/svg+xml'), ending: isSlide ? '-slide.svg' : '.svg' };
};

const film = async ({ format, plan }: FilmOrder, job: Job): Promise<Made> => {
  if (format === 'gif') {
    const { gifBlob } = await import('../export/gif.ts');
    return { blob: await gifBlob(plan, job), ending: '.gif' };
  }
  if (isAlone) return onlyOnPage();
  const { codecNote, videoBlob } = await import('../export/video.ts');
  const { blob, codec } = await videoBlob(format, plan, job);
  return { blob, ending: `.${format}`, note: codecNote(format, codec) };
};

const deck = async (slides: Slides, job: Job): Promise<Made> => {
  if (isAlone) return onlyOnPage();
  const { deckBytes } = await import('../export/pptx/deck.ts');
  const { forStage } = await import('../export/slide.ts');
  const bytes = new Uint8Array(await deckBytes(forStage(slides), job));
  const type = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
  return { blob: new Blob([bytes], { type }), ending: '.pptx' };
};

const page = async (bench: Bench, view: SceneView, job: Job): Promise<Made> => {
  if (isAlone) return onlyOnPage();
  const { savedScene } = await import('./standalone/saved.ts');
  const { template } = await import('./standalone/template.ts');
  const { standalonePage } = await import('../export/savedScene.ts');
  const [shell, saved] = await Promise.all([template(job.signal), savedScene(bench, job)]);
  const html = standalonePage(shell, saved, view.trace.title, view.sentence);
  return { blob: text(html, 'text/html'), ending: '.html' };
};

const packets = async ({ trace }: SceneView, job: Job): Promise<Made> => {
  const { packetBytes } = await import('./exports/packets.ts');
  const bytes = await packetBytes(trace, 'client', job);
  return { blob: new Blob([bytes], { type: 'application/x-pcapng' }), ending: '.pcapng' };
};

const events = async ({ trace }: SceneView, job: Job): Promise<Made> => {
  const { qlogSteps } = await import('../format/qlog/write/file.ts');
  const bytes = new Uint8Array(await paced(qlogSteps(trace, 'json'), job));
  return { blob: new Blob([bytes]), ending: '.qlog' };
};

/** Makes one file; null where there is none to save. */
const make = async (
  kind: ExportKind,
  bench: Bench,
  slides: Slides,
  order: FilmOrder | null,
  job: Job,
): Promise<Made | null> => {
  const [{ view }] = slides;
  switch (kind) {
    case 'svg':
    case 'slide':
      return svgOf(view, kind === 'slide', job);
    case 'png': {
      const { pictureOf } = await import('../export/view.ts');
      const { pngBlob } = await import('../export/png.ts');
      return { blob: await pngBlob(pictureOf(view), view.theme), ending: '.png' };
    }
    case 'print': {
      const { readyToPrint } = await import('./exports/print.ts');
      readyToPrint(bench);
      print();
      return null;
    }
    case 'film':
      return order && film(order, job);
    case 'pptx':
      return deck(slides, job);
    case 'html':
      return page(bench, view, job);
    case 'worksheet': {
      const { worksheet } = await import('../export/worksheet.ts');
      return { blob: text(await worksheet(view), 'text/html'), ending: '-worksheet.html' };
    }
    case 'markdown': {
      const { mermaid } = await import('../export/mermaid.ts');
      const { trace, range, sentence, observer } = view;
      return { blob: text(mermaid(trace, { ...range, sentence, observer }), 'text/markdown'), ending: '.md' };
    }
    case 'json': {
      const document = bench.scene.shown.value?.document;
      return document
        ? { blob: text(`${JSON.stringify(document.scenario, null, 2)}\n`, 'application/json'), ending: '.json' }
        : null;
    }
    case 'pcapng':
      return packets(view, job);
    case 'qlog':
      return events(view, job);
  }
};

/** Progress is shown of what takes longer, ms: a dialog that flashes tells nothing. */
const PATIENCE = 300;

/** Shows how far a job is, with a way to end it. Returns the way to take it off. */
const watch = (kind: ExportKind, part: Cell<number>, cancel: () => void): (() => void) => {
  let shown: ReturnType<typeof mount> | null = null;
  const timer = setTimeout(() => {
    const props = { what: kindNames[kind], part, oncancel: cancel };
    shown = mount(ExportProgress, { target: document.body, props });
  }, PATIENCE);
  return () => {
    clearTimeout(timer);
    if (shown) void unmount(shown);
    shown = null;
  };
};

/** Makes a file of what is shown and hands it to the browser's downloads. What went wrong is said on the page. */
export const exportAs = async (kind: ExportKind, bench: Bench): Promise<void> => {
  const { scene } = bench;
  const control = new AbortController();
  const part = new Cell(0);
  const cancel = (): void => {
    control.abort();
  };
  let unwatch = watch(kind, part, cancel);
  try {
    const beats = kind === 'pptx' || kind === 'film' || kind === 'print';
    await computed(bench, beats, control.signal);
    const slides = slidesOf(bench, kind === 'pptx');
    if (!slides) return;
    // While a person chooses nothing is made.
    if (kind === 'film' || kind === 'print') unwatch();
    const order = kind === 'film' ? await askFilm(bench, slides[0].view) : null;
    if (kind === 'film' && !order) return;
    if (kind === 'film') unwatch = watch(kind, part, cancel);
    const job: Job = {
      signal: control.signal,
      progress: (done) => {
        part.set(done);
      },
    };
    const made = await make(kind, bench, slides, order, job);
    unwatch();
    if (!made || control.signal.aborted) return;
    const name = fileName(scene.trace?.title ?? '') + made.ending;
    save(made.blob, name);
    scene.news.set([`${name} is saved.`, made.note ?? ''].filter((part) => part !== '').join(' '));
  } catch (error) {
    if (control.signal.aborted) {
      scene.news.set(words.cancelled);
      return;
    }
    const what =
      error instanceof ExportError
        ? error.message
        : `The file could not be made: ${error instanceof Error ? error.message : String(error)}`;
    scene.refuse([{ where: 'Export', what }]);
  } finally {
    unwatch();
  }
};
