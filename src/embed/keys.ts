import type { Bench } from '../view/context.ts';
import { dropOrRevive } from '../view/inspector/acts.ts';
import { bindingFor } from '../view/keys.ts';
import type { Deeds } from '../view/keys.ts';
import type { SceneHost } from './host.ts';

/** Keys that the browser itself gives to a focused control. */
const nativeKeys = (target: EventTarget | undefined, key: string): boolean => {
  if (!(target instanceof Element)) return false;
  if (target.matches('button, a[href], summary')) return key === ' ' || key === 'Enter';
  if (target.matches('select, input, textarea')) return key !== 'PageDown' && key !== 'PageUp' && key !== 'Escape';
  return false;
};

/** A slider's own keys. On the page they are the page's; in a slide only the focused slider's. */
const sliderKeys = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End']);
const isSliders = (target: EventTarget | undefined, key: string): boolean =>
  sliderKeys.has(key) && target instanceof Element && target.matches('[role=slider]');

const deedsOf = ({ scene, display }: Bench, host: SceneHost): Deeds => ({
  scene,
  drop: () => void dropOrRevive(scene, display.observer.value),
  why: () => void scene.light('why'),
  effect: () => void scene.light('effect'),
  details: () => undefined,
  leave: () => {
    if (scene.lit.value) scene.lit.set(null);
    else scene.select(null);
  },
  filter: () => undefined,
  help: () => undefined,
  beat: (act) => void (act === 'next' ? host.next() : act === 'previous' && host.prev()),
});
/** What a slide has no place for. */
const pageOnly = new Set(['/', '?', 'Enter', 'b', 'B']);

/**
 * Handles a key inside a scene that is a guest: what a control of the scene takes goes no further, what it does not
 * take is the deck's. Returns whether the scene took it.
 */
export const takeKey = (host: SceneHost, event: KeyboardEvent): boolean => {
  const target = event.composedPath()[0];
  if (event.defaultPrevented || nativeKeys(target, event.key)) return true;
  const isFree = host.look.value.keys === 'focus' && !pageOnly.has(event.key);
  if (!isFree && !isSliders(target, event.key)) return false;
  // At either end of the beats the remote is the deck's.
  if (event.key === 'PageDown' && !host.hasNext) return false;
  if (event.key === 'PageUp' && host.beat <= 0) return false;
  const binding = bindingFor(aimedAt(event, target), true);
  if (!binding) return false;
  event.preventDefault();
  binding.run(deedsOf(host.bench, host), event);
  return true;
};

/** Outside a shadow root the event names the element as its target, and not the control that has the focus. */
const aimedAt = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, target: EventTarget | undefined): KeyboardEvent =>
  ({ key, ctrlKey, metaKey, altKey, defaultPrevented: false, target: target ?? null }) as KeyboardEvent;
