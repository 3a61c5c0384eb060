import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import { theme } from '../figure/theme.ts';
import { firstPanels } from '../session/address/state.ts';
import type { PanelName } from '../session/address/state.ts';
import { opened } from '../session/document.ts';
import { Frames } from '../session/frames.ts';
import { Scene } from '../session/Scene.ts';
import type { Document } from '../session/document.ts';
import type { SceneParts } from '../session/Scene.ts';
import type { Trace } from '../trace/types.ts';
import { viewOf } from './sceneView.ts';
import type { SceneView } from './view.ts';

type Preset = SceneParts['presets'][number];
type Scenario = Document['scenario'];

/** What is opened without a page. */
export type Source =
  | { readonly preset: Preset; readonly scenario: Scenario }
  | { readonly scenario: Scenario }
  | { readonly trace: Trace };

export interface OpeningOptions {
  readonly run: (scenarios: readonly Scenario[]) => Promise<readonly Trace[]>;
  /** Absent: what the preset is told with. */
  readonly panels?: readonly PanelName[];
  readonly theme: string;
}

/** The view that the page has where it opens a preset, a scenario or a capture; for whoever has no page. */
export const openingView = async (source: Source, options: OpeningOptions): Promise<Result<SceneView>> => {
  const preset = 'preset' in source ? source.preset : null;
  const scene = new Scene({
    runner: { run: async (scenarios) => ok(await options.run(scenarios)), stop: () => undefined },
    // Nothing moves, so no frame is ever drawn.
    frames: new Frames({ request: () => 0, cancel: () => undefined }),
    presets: preset ? [preset] : [],
    validate: () => ok((source as { scenario: Scenario }).scenario),
    now: () => 0,
  });
  if ('trace' in source) scene.openTrace(source.trace);
  else if (preset) await scene.openPreset(preset.name);
  else await scene.openDocument(opened(source.scenario, null));
  const view = viewOf(scene, {
    panels: options.panels ?? preset?.panels ?? firstPanels,
    acks: true,
    observer: false,
    hidden: [],
    losses: null,
    theme: theme(options.theme),
    ghostName: 'without loss',
    sentence: preset?.look ?? ('trace' in source ? CAPTURED : ''),
  });
  return view ? ok(view) : { ok: false, problems: scene.problems.value };
};

const CAPTURED = 'A capture: times are measured; states and causes are inferred from them.';
