import { ZERO } from '../base/time.ts';
import type { Scene } from '../session/Scene.ts';
import { words as says } from './keys.words.ts';
import { unitOf } from './numbers.ts';

/** What a key may do besides moving the scene: things that only the page can do. */
export interface Deeds {
  readonly scene: Scene;
  drop(): void;
  why(): void;
  effect(): void;
  details(): void;
  leave(): void;
  filter(): void;
  help(): void;
  beat(act: 'add' | 'next' | 'previous'): void;
}

export interface Binding {
  /** `KeyboardEvent.key` values. */
  readonly keys: readonly string[];
  readonly shift?: boolean;
  /** As the help shows them. */
  readonly shown: string;
  readonly words: string;
  /** A single character (WCAG 2.1.4): the switch turns it off. */
  readonly character: boolean;
  readonly run: (deeds: Deeds, event: { readonly key: string; readonly shiftKey: boolean }) => void;
}

const unit = (scene: Scene): number => unitOf(scene.lengthOf(scene.range.value));
const move = (scene: Scene, by: number): void => scene.seek(scene.moved(scene.player.time.value, by));
const tenth = (scene: Scene, n: number): void => scene.seek(scene.moved(ZERO, (scene.length * n) / 10));

/** Every key of the page, in the order of the help. */
export const bindings: readonly Binding[] = [
  {
    keys: [' ', 'k', 'K'],
    shown: 'Space K',
    words: says.play,
    character: true,
    run: ({ scene }) => scene.player.toggle(),
  },
  { keys: [','], shown: ',', words: says.previousEvent, character: true, run: ({ scene }) => scene.previousEvent() },
  { keys: ['.'], shown: '.', words: says.nextEvent, character: true, run: ({ scene }) => scene.nextEvent() },
  {
    keys: ['ArrowLeft'],
    shown: '←',
    words: says.back,
    character: false,
    run: ({ scene }, event) => move(scene, unit(scene) * (event.shiftKey ? -10 : -1)),
  },
  {
    keys: ['ArrowRight'],
    shown: '→',
    words: says.forward,
    character: false,
    run: ({ scene }, event) => move(scene, unit(scene) * (event.shiftKey ? 10 : 1)),
  },
  {
    keys: ['j', 'J'],
    shown: 'J',
    words: says.backTenth,
    character: true,
    run: ({ scene }) => move(scene, scene.length / -10),
  },
  {
    keys: ['l', 'L'],
    shown: 'L',
    words: says.forwardTenth,
    character: true,
    run: ({ scene }) => move(scene, scene.length / 10),
  },
  { keys: ['Home'], shown: 'Home', words: says.start, character: false, run: ({ scene }) => tenth(scene, 0) },
  { keys: ['End'], shown: 'End', words: says.end, character: false, run: ({ scene }) => tenth(scene, 10) },
  {
    keys: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    shown: '0–9',
    words: says.tenth,
    character: true,
    run: ({ scene }, event) => tenth(scene, Number(event.key)),
  },
  { keys: ['<'], shown: '<', words: says.slower, character: true, run: ({ scene }) => scene.player.slower() },
  { keys: ['>'], shown: '>', words: says.faster, character: true, run: ({ scene }) => scene.player.faster() },
  {
    keys: ['+', '='],
    shown: '+',
    words: says.zoomIn,
    character: true,
    run: ({ scene }) => scene.zoom(1 / 1.5),
  },
  { keys: ['-', '_'], shown: '−', words: says.zoomOut, character: true, run: ({ scene }) => scene.zoom(1.5) },
  {
    keys: ['i', 'I'],
    shown: 'I',
    words: says.idle,
    character: true,
    run: ({ scene }) => scene.cutting.set(!scene.cutting.value),
  },
  {
    keys: ['z', 'Z'],
    shown: 'Z',
    words: says.frame,
    character: true,
    run: ({ scene }) => scene.frameSelection(),
  },
  {
    keys: ['d', 'D'],
    shown: 'D',
    words: says.drop,
    character: true,
    run: (deeds) => deeds.drop(),
  },
  { keys: ['y', 'Y'], shown: 'Y', words: says.why, character: true, run: (deeds) => deeds.why() },
  { keys: ['e', 'E'], shown: 'E', words: says.effect, character: true, run: (deeds) => deeds.effect() },
  {
    keys: ['b', 'B'],
    shown: 'B',
    words: says.keep,
    character: true,
    run: (deeds) => deeds.beat('add'),
  },
  {
    keys: ['PageDown'],
    shown: 'PageDown',
    words: says.nextBeat,
    character: false,
    run: (deeds) => deeds.beat('next'),
  },
  {
    keys: ['PageUp'],
    shown: 'PageUp',
    words: says.beatBefore,
    character: false,
    run: (deeds) => deeds.beat('previous'),
  },
  {
    keys: ['Enter'],
    shown: 'Enter',
    words: says.details,
    character: false,
    run: (deeds) => deeds.details(),
  },
  { keys: ['Escape'], shown: 'Esc', words: says.leave, character: false, run: (deeds) => deeds.leave() },
  { keys: ['/'], shown: '/', words: says.filter, character: true, run: (deeds) => deeds.filter() },
  { keys: ['?'], shown: '?', words: says.help, character: true, run: (deeds) => deeds.help() },
];

const ownsText = (target: Element): boolean =>
  target.matches(
    'textarea, select, [contenteditable=true], input:not([type=range], [type=checkbox], [type=radio], [type=button])',
  );
const ownsArrows = (target: Element): boolean =>
  target.matches('input[type=range], [role=tab], [role=radio], [data-arrows]');
const ownsPress = (target: Element): boolean =>
  target.matches('button, a[href], summary, input, [role=row], [data-press]');
const arrows = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);
/** A presenter's remote sends these: only a control that cannot do without them keeps them. */
const pages = new Set(['PageUp', 'PageDown']);

/** The binding of a key press, or null where the focused control or a switch keeps it. */
export const bindingFor = (event: KeyboardEvent, charactersOn: boolean): Binding | null => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const binding = bindings.find((b) => b.keys.includes(event.key));
  if (!binding || (binding.character && !charactersOn)) return null;
  const target = event.target;
  if (target instanceof Element) {
    if (ownsText(target)) return event.key === 'Escape' ? binding : null;
    if (arrows.has(event.key) && ownsArrows(target)) return null;
    if (pages.has(event.key) && target.matches('input[type=range]')) return null;
    if ((event.key === ' ' || event.key === 'Enter') && ownsPress(target)) return null;
  }
  return binding;
};
