import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import monoUrl from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?url';
import { inOrder } from '../figure/frame.ts';
import { measure } from '../figure/measure.ts';
import { paintFigure } from '../figure/paint/canvas.ts';
import { svg } from '../figure/paint/svg.ts';
import { playheadMarks } from '../figure/playhead.ts';
import { stack } from '../figure/scene.ts';
import { theme } from '../figure/theme.ts';
import type { Theme } from '../figure/theme.ts';
import { noFilter } from '../figure/types.ts';
import type { Figure } from '../figure/types.ts';
import { writePcapng } from '../format/pcapng/writer.ts';
import { prepareBytes } from '../packet/made.ts';
import { traceIndex } from '../trace/query/index.ts';
import type { Bench, ExportKind } from '../view/context.ts';
import { loadLayout, panels } from '../view/stage/figures.ts';
import { ghostName } from '../view/stage/Stage.words.ts';

/** A picture of its own size: a slide's, whatever the window has. */
const WIDTH = 1280;
const HEIGHT = 720;
const PNG_RATIO = 2;

/** What stands on the stage now, laid out anew at the size of a slide. */
const picture = async ({ scene, display }: Bench, theme: Theme): Promise<Figure | null> => {
  const shown = scene.shown.value;
  if (!shown) return null;
  const chosen = panels.filter((panel) => display.panels.value.includes(panel.name));
  const weights = chosen.reduce((sum, panel) => sum + panel.weight, 0);
  const { from, to } = scene.range.value;
  const time = scene.player.time.value;
  const layouts = await Promise.all(chosen.map((panel) => loadLayout(panel.name, shown.trace)));
  const figure = stack(
    {
      trace: shown.trace,
      ghost: shown.ghost,
      ghostName: ghostName(shown),
      playhead: time,
      selection: scene.selection.value,
      chain: scene.lit.value?.packets ?? [],
      filter: { ...noFilter, acks: display.acks.value, observer: display.observer.value },
      viewport: { width: WIDTH, height: HEIGHT, from, to, cuts: scene.cuts.value, orientation: 'lying' },
      theme,
      measure,
      index: traceIndex(shown.trace),
      compared: scene.beside.value,
    },
    layouts.map((layout, k) => [layout, Math.round((HEIGHT * (chosen[k]?.weight ?? 0)) / weights)] as const),
  );
  const playhead = playheadMarks(figure, time, theme, { handle: 'shield' });
  return { ...figure, marks: inOrder([...figure.marks, ...playhead]) };
};

const embedded = async (family: string, weight: string, url: string): Promise<string> => {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `@font-face{font-family:'${family}';font-weight:${weight};src:url(data:font/woff2;base64,${btoa(binary)}) format('woff2')}`;
};

const svgText = async ({ transparent, ground }: Theme, figure: Figure): Promise<string> => {
  const fonts = await Promise.all([
    embedded('Inter Variable', '100 900', interUrl),
    embedded('JetBrains Mono Variable', '100 800', monoUrl),
  ]);
  return svg(figure, {
    ground: transparent ? null : ground,
    title: figure.title,
    description: figure.summary,
    css: fonts.join(''),
  });
};

const pngBlob = (theme: Theme, figure: Figure): Promise<Blob | null> => {
  const canvas = document.createElement('canvas');
  canvas.width = figure.width * PNG_RATIO;
  canvas.height = figure.height * PNG_RATIO;
  const context = canvas.getContext('2d');
  if (!context) return Promise.resolve(null);
  paintFigure(context, figure, { ratio: PNG_RATIO, ground: theme.ground });
  return new Promise((done) => {
    canvas.toBlob(done, 'image/png');
  });
};

/** A name that every file system takes. */
const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'roundtrip';

const save = (blob: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
};

const blobOf = async (kind: ExportKind, bench: Bench): Promise<Blob | null> => {
  const shown = bench.scene.shown.value;
  if (!shown) return null;
  switch (kind) {
    case 'svg':
    case 'png':
    case 'slide': {
      const { value } = bench.theme;
      const look = kind === 'slide' ? theme(`${value.name}-stage-transparent`) : value;
      const figure = await picture(bench, look);
      if (!figure) return null;
      return kind === 'png'
        ? pngBlob(look, figure)
        : new Blob([await svgText(look, figure)], { type: 'image/svg+xml' });
    }
    case 'pcapng':
      await prepareBytes(shown.trace);
      return new Blob([new Uint8Array(writePcapng(shown.trace, 'client'))], { type: 'application/x-pcapng' });
    case 'json':
      return shown.document
        ? new Blob([`${JSON.stringify(shown.document.scenario, null, 2)}\n`], { type: 'application/json' })
        : null;
  }
};

/** Makes a file of what is shown and hands it to the browser's downloads. */
export const exportAs = async (kind: ExportKind, bench: Bench): Promise<void> => {
  const { scene } = bench;
  try {
    const blob = await blobOf(kind, bench);
    if (!blob) return;
    const title = fileName(scene.trace?.title ?? '');
    const name = kind === 'slide' ? `${title}-slide.svg` : `${title}.${kind}`;
    save(blob, name);
    scene.news.set(`${name} is saved.`);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    scene.refuse([{ where: 'Export', what: `The file could not be made: ${what}` }]);
  }
};
