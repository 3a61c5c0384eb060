import type { Nanos } from '../../base/time.ts';
import type { TimeScale } from '../../figure/types.ts';
import type { Range } from '../../session/range.ts';
import type { Scene } from '../../session/Scene.ts';
import { placeIn } from '../stage/surface.ts';

type Grab =
  | { readonly part: 'head' }
  | { readonly part: 'loop'; readonly from: Nanos }
  | { readonly part: 'window' | 'start' | 'stop'; readonly from: Nanos; readonly range: Range };

/** Shortest loop, px: less is a slip of the hand. */
const LEAST_LOOP = 4;

/** Drag scrubs, the lower edge of the window moves it, its sides resize it, Shift-drag loops, resting previews. */
export const scrubbing = (element: HTMLElement, scene: Scene, time: () => TimeScale | null): (() => void) => {
  const { player } = scene;
  let grab: Grab | null = null;

  const at = (event: PointerEvent): Nanos | null => {
    const scale = time();
    return scale ? scale.toTime(placeIn(element, event).x) : null;
  };
  const down = (event: PointerEvent): void => {
    const now = at(event);
    if (event.button !== 0 || now === null) return;
    const part = event.target instanceof HTMLElement ? event.target.dataset['part'] : undefined;
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
    element.querySelector<HTMLElement>('[role=slider]')?.focus({ focusVisible: false });
    scene.preview.set(null);
    if (event.shiftKey) grab = { part: 'loop', from: now };
    else if (part === 'window' || part === 'start' || part === 'stop')
      grab = { part, from: now, range: scene.range.value };
    else {
      grab = { part: 'head' };
      player.grab();
      scene.drag(now);
    }
  };
  const move = (event: PointerEvent): void => {
    const now = at(event);
    if (now === null) return;
    if (!grab) {
      if (event.pointerType === 'mouse') scene.preview.set(Math.min(Math.max(now, 0), scene.end) as Nanos);
      return;
    }
    switch (grab.part) {
      case 'head':
        scene.drag(now);
        break;
      case 'loop': {
        const scale = time();
        const wide = scale && Math.abs(scale.toPixel(now) - scale.toPixel(grab.from)) >= LEAST_LOOP;
        const [from, to] = now < grab.from ? [now, grab.from] : [grab.from, now];
        player.setLoop(wide ? { from, to } : null);
        break;
      }
      default: {
        const by = scene.lengthOf({ from: grab.from, to: now });
        const { from, to } = grab.range;
        const least = scene.end / 1e5;
        scene.show({
          from: (grab.part === 'stop'
            ? from
            : grab.part === 'start'
              ? Math.min(scene.moved(from, by), to - least)
              : scene.moved(from, by)) as Nanos,
          to: (grab.part === 'start'
            ? to
            : grab.part === 'stop'
              ? Math.max(scene.moved(to, by), from + least)
              : scene.moved(to, by)) as Nanos,
        });
      }
    }
  };
  const up = (event: PointerEvent): void => {
    if (grab?.part === 'head') player.letGo();
    grab = null;
    if (element.hasPointerCapture(event.pointerId)) element.releasePointerCapture(event.pointerId);
  };
  const leave = (): void => {
    scene.preview.set(null);
  };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', leave);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('pointerleave', leave);
  };
};
