import type { SceneView } from '../../export/view.ts';
import { viewOf } from '../../export/sceneView.ts';
import type { Beat } from '../../scenario/beats.ts';
import { placeOfBeat } from '../../session/opening.ts';
import { selectionOf } from '../../session/selection.ts';
import { lineOf, toldOf } from '../../view/beats/telling.ts';
import type { Bench } from '../../view/context.ts';
import { lookWords } from '../../view/stage/Look.words.ts';
import { ghostName } from '../../view/stage/Stage.words.ts';

type Views = readonly [SceneView, ...SceneView[]];

/** What is on the page now, as plain values. Null: nothing is shown. */
const viewNow = ({ scene, display, theme, losses }: Bench): SceneView | null => {
  const shown = scene.shown.value;
  if (!shown) return null;
  const look = lookWords(shown, scene.preset(shown.document?.preset ?? '') ?? null);
  const beat = scene.beats.value[scene.beat.value];
  return viewOf(scene, {
    panels: display.panels.value,
    acks: display.acks.value,
    observer: display.observer.value,
    hidden: display.hidden.value,
    losses: losses?.value?.trace === shown.trace ? losses.value : null,
    theme: theme.value,
    ghostName: ghostName(shown),
    sentence: beat ? lineOf(toldOf(scene), beat, look) : look,
  });
};

/** A beat as a view of its own; what it does not say is as in the view before. */
const viewAt = (before: SceneView, beat: Beat, sentence: string): SceneView => {
  const { time = before.playhead, range = before.range, selection } = placeOfBeat(beat);
  return {
    ...before,
    playhead: time,
    range,
    selection: selection ? selectionOf(before.trace, selection) : null,
    chain: [],
    panels: beat.show ?? before.panels,
    hidden: beat.hide ?? [],
    sentence,
  };
};

/** What is on the page; with `beats` a view a beat, where the scene has some. Null: nothing is shown. */
export const viewsOf = (bench: Bench, beats: boolean): Views | null => {
  const now = viewNow(bench);
  const { scene } = bench;
  const [first, ...others] = beats ? scene.beats.value : [];
  if (!now || !first) return now && [now];
  const told = toldOf(scene);
  const views: [SceneView, ...SceneView[]] = [viewAt(now, first, lineOf(told, first, ''))];
  for (const beat of others) views.push(viewAt(views[views.length - 1] ?? now, beat, lineOf(told, beat, '')));
  return views;
};
