import { mount, unmount } from 'svelte';
import { fromMs, nanos, toMs } from '../../base/time.ts';
import { filmSeconds, LONGEST } from '../../export/film.ts';
import type { FilmPlan } from '../../export/film.ts';
import type { SceneView } from '../../export/view.ts';
import type { Scene } from '../../session/Scene.ts';
import { words } from '../../view/top/Export.words.ts';
import type { FilmAsk, FilmChoice, FilmRange } from '../../view/top/film.ts';
import FilmDialog from '../../view/top/FilmDialog.svelte';

type Times = Pick<FilmChoice, 'from' | 'to' | 'speed'>;

/** ms as a person types them. */
const ms = (time: number): number => Number(toMs(nanos(time)).toFixed(3));

export const planOf = ({ from, to, speed, rate }: FilmChoice): FilmPlan => ({
  from: fromMs(from),
  to: fromMs(to),
  speed,
  rate,
});

const rangesOf = (scene: Scene, { trace, range }: SceneView): FilmAsk['ranges'] => {
  const loop = scene.player.loop.value;
  const named = (name: string, from: number, to: number): FilmRange => ({
    name,
    from: ms(Math.max(0, from)),
    to: ms(Math.min(trace.end, to)),
  });
  const all = [named(words.seen, range.from, range.to), named(words.all, 0, trace.end)] as const;
  return loop ? [named(words.loop, loop.from, loop.to), ...all] : all;
};

/** Asks what to film and how; null where the person leaves. */
export const askFilm = (scene: Scene, view: SceneView): Promise<FilmChoice | null> =>
  new Promise((answer) => {
    const close = (choice: FilmChoice | null): void => {
      void unmount(dialog);
      answer(choice);
    };
    const ask: FilmAsk = {
      ranges: rangesOf(scene, view),
      speed: scene.player.speed.value,
      seconds: ({ from, to, speed }: Times) => filmSeconds(view, planOf({ format: 'gif', from, to, speed, rate: 1 })),
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
