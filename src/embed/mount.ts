import { mount, unmount } from 'svelte';
import { embedDoor, fontUrls } from './door.ts';
import EmbedScene from './EmbedScene.svelte';
import { SceneHost } from './host.ts';
import type { Tell } from './host.ts';
import { adopt, loadFonts, shadowCss } from './styles.ts';

export interface Mounted {
  readonly host: SceneHost;
  readonly end: () => void;
}

/** Mounts a scene into a shadow root, below its styles. */
export const mountShadow = (shadow: ShadowRoot, told: Tell): Mounted => {
  // Nothing of a scene that stood here before stays.
  shadow.adoptedStyleSheets = [];
  adopt(shadow, shadowCss());
  const root = document.createElement('div');
  root.className = 'roundtrip';
  shadow.append(root);
  loadFonts(fontUrls());
  const host = new SceneHost(root, told, embedDoor);
  const view = mount(EmbedScene, { target: root, props: { host } });
  return {
    host,
    end: () => {
      host.end();
      void unmount(view);
      root.remove();
    },
  };
};
