import type { Theme } from '../figure/theme.ts';
import type { PanelName } from '../session/address/state.ts';
import type { Scene } from '../session/Scene.ts';
import type { SceneView } from './view.ts';

/** What a scene does not know of its picture. */
export interface Looks {
  readonly panels: readonly PanelName[];
  readonly acks: boolean;
  readonly observer: boolean;
  /** What the present beat leaves out. */
  readonly hidden: SceneView['hidden'];
  readonly theme: Theme;
  readonly losses: SceneView['losses'];
  /** What the other future is called beside its curve. */
  readonly ghostName: string;
  readonly sentence: string;
  readonly way: SceneView['way'];
}

/** A scene in use as plain values; null while it shows nothing. */
export const viewOf = (scene: Scene, looks: Looks): SceneView | null => {
  const shown = scene.shown.value;
  if (!shown) return null;
  return {
    ...looks,
    trace: shown.trace,
    ghost: shown.ghost,
    playhead: scene.player.time.value,
    selection: scene.selection.value,
    chain: scene.lit.value?.packets ?? [],
    range: scene.range.value,
    cuts: scene.cuts.value,
    compared: looks.panels.includes('compare') ? scene.beside.value : [],
  };
};
