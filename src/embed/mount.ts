import { mount, unmount } from 'svelte';
import { embedDoor, scriptUrl } from './door.ts';
import EmbedScene from './EmbedScene.svelte';
import { SceneHost } from './host.ts';
import type { Tell } from './host.ts';
import { loadFonts, shadowCss } from './styles.ts';

export interface Mounted {
  readonly host: SceneHost;
  readonly end: () => void;
}

/** Mounts a scene into a shadow root, below its styles. */
export const mountShadow = (shadow: ShadowRoot, told: Tell): Mounted => {
  const style = document.createElement('style');
  style.textContent = shadowCss();
  const root = document.createElement('div');
  root.className = 'roundtrip';
  shadow.append(style, root);
  loadFonts(scriptUrl());
  const host = new SceneHost(root, told, embedDoor);
  const view = mount(EmbedScene, { target: root, props: { host } });
  return {
    host,
    end: () => {
      host.end();
      void unmount(view);
      style.remove();
      root.remove();
    },
  };
};
