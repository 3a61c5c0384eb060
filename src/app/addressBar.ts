import type { Addressed } from '../session/address/open.ts';
import { words } from '../view/top/TopBar.words.ts';
import { memory } from './memory.ts';

/** How long after the last change the address follows, ms: a dragged slider is not a hundred addresses. */
const REST_MS = 400;

/** Mail programs, chats and slide programs cut longer ones. */
const LONGEST_LINK = 2000;

/** The bar's own form is loaded apart: a page without a word in its address does not wait for it. */
const load = () => import('../session/address/open.ts');

export interface AddressBar {
  /** Copies the link: what came of it in words, and its length where that is more than a link may have. */
  readonly share: () => Promise<{ readonly said: string; readonly long: number | null }>;
  /** The address at which the last visit ended; null: there was none. */
  readonly last: string | null;
  readonly leave: () => void;
}

/** Opens what the address bar says, now and when it changes, and keeps it in step with what is shown. */
export const addressBar = (parts: Addressed): AddressBar => {
  const { scene, display } = parts;
  const first = scene.presets.value[0]?.name ?? '';
  /** The last address that this page wrote or read: a change to it is not an order to open. */
  let written = '';
  /** Somebody asked for a scene by the address. */
  let asked = false;
  const last = memory.get('last');
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The scene that the address names; undefined: an address is opened, whose scene it will be. */
  let named: string | null | undefined;

  const open = async (text: string): Promise<void> => {
    const done = await (await load()).openAddress(text, parts);
    // The page must show something even where the address names nothing that opens.
    if (!done && !scene.shown.value) {
      const { value } = scene.problems;
      await scene.openPreset(first);
      scene.problems.set(value);
    }
  };
  const read = (): void => {
    const text = location.hash.length > 1 ? location.hash : location.search;
    if (text.slice(1) === written && written !== '') return;
    asked ||= text.length > 1;
    named = undefined;
    void (text.length > 1 || scene.shown.value ? open(text) : scene.openPreset(first));
  };
  const write = async (): Promise<void> => {
    const text = await (await load()).addressOf(parts);
    if (text === null) {
      // A capture stands in no address: an older one would name what is not shown.
      if (location.hash !== '' || location.search !== '') history.replaceState(null, '', location.pathname);
      written = '';
      return;
    }
    if (text === written) return;
    // A page that opened by itself keeps the last visit in mind until this one does something.
    if (written !== '' || asked) memory.set('last', text);
    written = text;
    const name = scene.shown.value?.document?.preset ?? null;
    // Back leads to the scene before. What is changed within one is no step: that is Undo's.
    if (named === undefined || name === named) history.replaceState(null, '', `#${text}`);
    else history.pushState(null, '', `#${text}`);
    named = name;
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (scene.player.phase.value === 'playing') later();
      else void write();
    }, REST_MS);
  };

  read();
  addEventListener('hashchange', read);
  const cells = [
    scene.shown,
    scene.history,
    scene.selection,
    scene.range,
    scene.cutting,
    scene.player.time,
    scene.player.speed,
    scene.player.loop,
    scene.beat,
    scene.comparison.kind,
    display.theme,
    display.panels,
    display.orientation,
    display.palette,
    display.observer,
  ];
  const ends = cells.map((cell) => cell.subscribe(later));
  return {
    last,
    share: async () => {
      await write();
      if (written === '') return { said: words.noLink, long: null };
      const { length } = location.href;
      const long = length > LONGEST_LINK ? length : null;
      try {
        await navigator.clipboard.writeText(location.href);
        return { said: words.shared, long };
      } catch {
        return { said: words.shareByHand, long };
      }
    },
    leave: () => {
      removeEventListener('hashchange', read);
      clearTimeout(timer);
      for (const end of ends) end();
    },
  };
};
