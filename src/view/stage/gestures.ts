import type { TimeScale } from '../../figure/types.ts';
import type { Scene } from '../../session/Scene.ts';
import { placeIn } from './surface.ts';

/** A press that moved less than this is a click, px. */
const SLOP = 4;
const WHEEL_STEP = 0.0022;

export interface Surface {
  readonly scene: Scene;
  /** Inside somebody else's page: a wheel without a modifier is the page's. */
  readonly isGuest: boolean;
  /** The time axis of the figure as it is drawn now; null before the first drawing. */
  time(): TimeScale | null;
  /** A click or tap at a place of the figure. */
  click(x: number, y: number, touch: boolean): void;
  /** The pointer rests at a place, or left (null). */
  hover(place: Pointer | null): void;
}

/** Where a mouse is: on the figure, and in the window. */
export interface Pointer {
  readonly x: number;
  readonly y: number;
  readonly clientX: number;
  readonly clientY: number;
}

const along = (time: TimeScale, x: number, y: number): number => (time.orientation === 'lying' ? x : y);

/** Drag moves the visible range, two fingers or Ctrl and the wheel zoom, a click chooses. Keys do all of it too. */
export const gestures = (element: HTMLElement, surface: Surface): (() => void) => {
  const { scene } = surface;
  const pointers = new Map<number, { x: number; y: number }>();
  let moved = 0;
  let pinch = 0;

  const place = (event: { clientX: number; clientY: number }): { x: number; y: number } => placeIn(element, event);
  const spread = (): number => {
    const [a, b] = [...pointers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) moved = 0;
    pinch = spread();
  };
  const move = (event: PointerEvent): void => {
    const now = place(event);
    const before = pointers.get(event.pointerId);
    const time = surface.time();
    if (!before) {
      if (event.pointerType === 'mouse') surface.hover({ ...now, clientX: event.clientX, clientY: event.clientY });
      return;
    }
    if (!time) return;
    pointers.set(event.pointerId, now);
    if (pointers.size === 2) {
      const next = spread();
      const [a, b] = [...pointers.values()];
      if (a && b && pinch > 0 && next > 0) {
        scene.zoom(pinch / next, time.toTime(along(time, (a.x + b.x) / 2, (a.y + b.y) / 2)));
      }
      pinch = next;
      moved = Infinity;
      return;
    }
    const step = along(time, now.x - before.x, now.y - before.y);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (moved <= SLOP) return;
    if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
    surface.hover(null);
    scene.pan(-step * time.perPixel);
  };
  const up = (event: PointerEvent): void => {
    const known = pointers.delete(event.pointerId);
    if (known && pointers.size === 0 && moved <= SLOP && event.type === 'pointerup') {
      const { x, y } = place(event);
      surface.click(x, y, event.pointerType !== 'mouse');
    }
    pinch = spread();
  };
  const leave = (): void => {
    surface.hover(null);
  };
  const wheel = (event: WheelEvent): void => {
    const time = surface.time();
    if (!time) return;
    const { x, y } = place(event);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      scene.zoom(
        Math.exp(event.deltaY * WHEEL_STEP * (event.deltaMode === 1 ? 16 : 1)),
        time.toTime(along(time, x, y)),
      );
      return;
    }
    if (surface.isGuest) return;
    const sideways =
      time.orientation === 'upright' ? event.deltaY : event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (sideways === 0) return;
    event.preventDefault();
    scene.pan(sideways * time.perPixel);
  };

  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('pointerleave', leave);
  element.addEventListener('wheel', wheel, { passive: false });
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('pointerleave', leave);
    element.removeEventListener('wheel', wheel);
  };
};
