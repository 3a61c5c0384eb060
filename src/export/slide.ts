import { telling, theme } from '../figure/theme.ts';
import { steady } from './steady.ts';
import { HEIGHT } from './view.ts';
import type { SceneView } from './view.ts';

/** A view to be told: what a slide is made of. */
export interface Slide {
  readonly view: SceneView;
  /** What the speaker says. */
  readonly note: string;
  /** The same after its question is answered. */
  readonly answer?: SceneView;
}

/** The views in the order in which a film shows them: a question, then its answer. */
export const told = (slides: readonly [Slide, ...Slide[]]): readonly [SceneView, ...SceneView[]] => {
  const of = ({ view, answer }: Slide): readonly SceneView[] => (answer ? [view, answer] : [view]);
  const [first, ...others] = slides;
  const [view, ...more] = of(first);
  return [view ?? first.view, ...more, ...others.flatMap(of)];
};

/** Type as large as a stage has it, or as the figures leave room for. */
const SCALES = [1.5, 1.4, 1.3, 1.2, 1.1];

const scaled = (view: SceneView, scale: number): SceneView => ({
  ...view,
  theme: { ...telling(theme(`${view.theme.name.split('-')[0] ?? ''}-stage`), view.theme.tells), scale },
});

/** Views for a room: large type and few words, as much as fits a slide; as they are where nothing larger fits. */
export const forStage = (slides: readonly [Slide, ...Slide[]]): readonly [Slide, ...Slide[]] => {
  const views = told(slides);
  const scale = SCALES.find((one) => (steady(views.map((view) => scaled(view, one))).height ?? 0) <= HEIGHT);
  if (scale === undefined) return slides;
  const large = ({ view, note, answer }: Slide): Slide => ({
    view: scaled(view, scale),
    note,
    ...(answer && { answer: scaled(answer, scale) }),
  });
  const [first, ...others] = slides;
  return [large(first), ...others.map(large)];
};
