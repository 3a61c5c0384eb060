import { mount, unmount } from 'svelte';
import { fromMs, nanos, toMs } from '../../base/time.ts';
import { filmSeconds, LONGEST, oneByOne, stretch } from '../../export/film.ts';
import type { FilmPlan } from '../../export/film.ts';
import { forStage, told } from '../../export/slide.ts';
import type { SceneView } from '../../export/view.ts';
import type { Bench } from '../../view/context.ts';
import { words } from '../../view/top/Export.words.ts';
import type { FilmAsk, FilmChoice, FilmRange } from '../../view/top/film.ts';
import FilmDialog from '../../view/top/FilmDialog.svelte';
import { slidesOf } from './views.ts';

/** ms as a person types them. */
const ms = (time: number): number => Number(toMs(nanos(time)).toFixed(3));

const rangesOf = ({ scene }: Bench, { trace, range }: SceneView): FilmAsk['ranges'] => {
  const loop = scene.player.loop.value;
  const named = (name: string, from: number, to: number): FilmRange => ({
    name,
    from: ms(Math.max(0, from)),
    to: ms(Math.min(trace.end, to)),
  });
  const all = [named(words.seen, range.from, range.to), named(words.all, 0, trace.end)] as const;
  return loop ? [named(words.loop, loop.from, loop.to), ...all] : all;
};

/** What is filmed and how a person chose it. */
export interface FilmOrder {
  readonly format: FilmChoice['format'];
  readonly plan: FilmPlan;
}

/** Asks what to film and how; null where the person leaves. */
export const askFilm = (bench: Bench, view: SceneView): Promise<FilmOrder | null> =>
  new Promise((answer) => {
    const { scene } = bench;
    const [large] = told(forStage([{ view, note: '' }]));
    const beats = oneByOne(told(forStage(slidesOf(bench, true) ?? [{ view, note: '' }])));
    const planOf = ({ what, from, to, speed, rate }: Omit<FilmChoice, 'format'>): FilmPlan => ({
      shots: what === 'beats' ? beats : stretch(large, fromMs(from), fromMs(to)),
      speed,
      rate,
    });
    const close = (choice: FilmChoice | null): void => {
      void unmount(dialog);
      answer(choice && { format: choice.format, plan: planOf(choice) });
    };
    const ask: FilmAsk = {
      ranges: rangesOf(bench, view),
      beats: scene.beats.value.length,
      speed: scene.player.speed.value,
      seconds: (choice) => filmSeconds(planOf({ ...choice, rate: 1 })),
      longest: LONGEST,
      hasVideo: typeof VideoEncoder !== 'undefined' && import.meta.env.MODE !== 'standalone',
    };
    const dialog = mount(FilmDialog, {
      target: document.body,
      props: {
        ask,
        onmake: (choice: FilmChoice) => {
          close(choice);
        },
        onclose: () => {
          close(null);
        },
      },
    });
  });
