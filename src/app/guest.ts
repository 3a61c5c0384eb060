import { mount } from 'svelte';
import EmbedScene from '../embed/EmbedScene.svelte';
import { joinFrame } from '../embed/frame.ts';
import type { Frame } from '../embed/frame.ts';
import { SceneHost } from '../embed/host.ts';
import { watchSight } from '../embed/sight.ts';
import { pageDoor } from './door.ts';

/** The state that a guest's address holds: its query without `embed`, and over it what stands behind #. */
export const guestState = (search: string, hash: string): string => {
  const parts = new URLSearchParams(search.replace(/^\?/, ''));
  parts.delete('embed');
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) parts.set(key, value);
  return parts.toString();
};

/** The page as a guest in a frame, or as the second window of a talk: one scene, and the messages to the page around it. It never takes the focus. */
export const beGuest = (target: HTMLElement): void => {
  let frame: Frame | null = null;
  const root = document.documentElement;
  const host = new SceneHost(root, (event) => frame?.told(event), pageDoor);
  // Alone in its window it has nobody to talk with.
  if (window.parent !== window) frame = joinFrame({ own: window, around: window.parent, host });
  const page = async (): Promise<string | null> => {
    const state = await host.state();
    return state === null ? null : `${location.pathname}#${state}`;
  };
  const key = new URLSearchParams(location.search).get('follow');
  mount(EmbedScene, { target, props: { host, ...(key === null && { page }) } });
  watchSight(root, host);
  if (key !== null) {
    host.look.set({ chrome: 'sentence' });
    void import('./follow.ts').then(({ follow }) => follow(key, host));
    return;
  }
  void host.open(guestState(location.search, location.hash));
  addEventListener('hashchange', () => void host.open(guestState(location.search, location.hash)));
};
