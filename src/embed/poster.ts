import { pictureOf } from '../export/view.ts';
import type { SceneView } from '../export/view.ts';
import { svg } from '../figure/paint/svg.ts';
import { telling, theme } from '../figure/theme.ts';
import { sentenceOf } from '../session/beats/sentence.ts';
import { placeOfBeat } from '../session/opening.ts';
import { selectionOf } from '../session/selection.ts';
import { toldOf } from '../view/beats/telling.ts';
import type { Bench } from '../view/context.ts';
import { loadLayout } from '../view/stage/figures.ts';
import { ghostName } from '../view/stage/Stage.words.ts';

/** A beat of a scene as one SVG document, for paper: as the scene shows it when the beat is finished. */
export const posterOf = async ({ scene, display, theme: look }: Bench, index: number): Promise<string | null> => {
  const shown = scene.shown.value;
  if (!shown) return null;
  const beat = scene.beats.value[index];
  const place = beat ? placeOfBeat(beat) : {};
  const panels = beat?.show ?? display.panels.value;
  await Promise.all(panels.map((name) => loadLayout(name, shown.trace)));
  const isGrey = look.value.name.startsWith('print');
  const view: SceneView = {
    trace: shown.trace,
    ghost: shown.ghost,
    ghostName: ghostName(shown),
    playhead: place.time ?? scene.player.time.value,
    selection: place.selection ? selectionOf(shown.trace, place.selection) : beat ? null : scene.selection.value,
    chain: [],
    range: place.range ?? scene.range.value,
    cuts: scene.cuts.value,
    panels,
    compared: panels.includes('compare') ? scene.beside.value : [],
    // Nobody tries in a slide what each loss would cost.
    losses: null,
    acks: display.acks.value,
    observer: display.observer.value,
    hidden: (beat?.hide ?? []).filter((one) => one !== 'future'),
    sentence: beat ? sentenceOf(toldOf(scene), beat.say) : '',
    // Paper is white.
    way: display.wanted.value,
    theme: telling(theme(isGrey ? 'print' : 'light'), look.value.tells),
  };
  const figure = pictureOf(view);
  return svg(figure, { ground: '#ffffff', title: figure.title, description: figure.summary });
};
