import type { SceneView } from '../../export/view.ts';
import type { Slide } from '../../export/slide.ts';
import { viewOf } from '../../export/sceneView.ts';
import type { Beat } from '../../scenario/beats.ts';
import { tellOfOthers } from '../../session/beats/besides.ts';
import { sentenceOf, verdictOf } from '../../session/beats/sentence.ts';
import type { Told } from '../../session/beats/values.ts';
import { placeOfBeat } from '../../session/opening.ts';
import { selectionOf } from '../../session/selection.ts';
import { lineOf, toldOf } from '../../view/beats/telling.ts';
import type { Bench } from '../../view/context.ts';
import { lookWords } from '../../view/stage/Look.words.ts';
import { ghostName } from '../../view/stage/Stage.words.ts';
import { words } from '../../view/top/Export.words.ts';

export type Slides = readonly [Slide, ...Slide[]];

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
    way: display.wanted.value,
    ghostName: ghostName(shown),
    sentence: beat ? lineOf(toldOf(scene), beat, look) : look,
  });
};

/** A beat as a view of its own; what it does not say is as in the view before. */
const viewAt = (before: SceneView, beat: Beat, sentence: string, beside: SceneView['compared']): SceneView => {
  const { time = before.playhead, range = before.range, selection } = placeOfBeat(beat);
  const panels = beat.show ?? before.panels;
  return {
    ...before,
    playhead: time,
    range,
    selection: selection ? selectionOf(before.trace, selection) : null,
    chain: [],
    panels,
    compared: panels.includes('compare') ? beside : [],
    hidden: beat.hide ?? [],
    sentence,
  };
};

/** A question with its answers, which of them is right, and what is told then. */
const asked = (told: Told | null, { ask, say }: Beat): string => {
  if (!ask) return '';
  const right = (told && verdictOf(told, ask)?.right) ?? [];
  const answers = ask.answers.map((answer) => sentenceOf(told, answer.say));
  return words.noteOfQuestion(
    sentenceOf(told, ask.say),
    answers,
    answers.filter((_, i) => right.includes(i)),
    sentenceOf(told, say),
  );
};

const slideOf = (before: SceneView, beat: Beat, told: Told | null, beside: SceneView['compared']): Slide => {
  if (!beat.ask) {
    const view = viewAt(before, beat, lineOf(told, beat, ''), beside);
    return { view, note: view.sentence };
  }
  const question = sentenceOf(told, beat.ask.say);
  const answers = beat.ask.answers.map(({ say }) => sentenceOf(told, say));
  const view = viewAt(before, beat, words.question(question, answers), beside);
  const sentence = beat.say === '' ? question : sentenceOf(told, beat.say);
  const answer = { ...view, sentence, hidden: view.hidden.filter((one) => one !== 'future') };
  return { view, note: asked(told, beat), answer };
};

/** What is on the page; with `beats` a slide a beat, where the scene has some. Null: nothing is shown. */
export const slidesOf = (bench: Bench, beats: boolean): Slides | null => {
  const { scene } = bench;
  const now = viewNow(bench);
  const [first, ...others] = beats ? scene.beats.value : [];
  if (!now || !first) return now && [{ view: now, note: now.sentence }];
  const told = toldOf(scene);
  const slides: [Slide, ...Slide[]] = [slideOf(now, first, told, scene.beside.value)];
  for (const beat of others)
    slides.push(slideOf(slides[slides.length - 1]?.view ?? now, beat, told, scene.beside.value));
  return slides;
};

/**
 * Waits until all that is to be drawn or told has been run: the page plays the other ways of a comparison as soon as a
 * figure or a sentence asks for them. Rejects where it was ended.
 */
export const computed = ({ scene, display }: Bench, beats: boolean, signal: AbortSignal): Promise<void> =>
  new Promise((done, end) => {
    const isWanted = display.panels.value.includes('compare') || (beats && tellOfOthers(scene.beats.value));
    const isThere = (): boolean => scene.beside.value.length > 0;
    if (!isWanted || !scene.shown.value?.document || isThere()) {
      done();
      return;
    }
    const stop = scene.beside.subscribe(() => {
      if (!isThere()) return;
      stop();
      done();
    });
    signal.addEventListener('abort', () => {
      stop();
      end(signal.reason as Error);
    });
  });
