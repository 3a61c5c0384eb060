import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import { telling, theme } from '../figure/theme.ts';
import type { Theme } from '../figure/theme.ts';
import { firstPanels } from '../session/address/state.ts';
import type { PanelName } from '../session/address/state.ts';
import { tellOfOthers } from '../session/beats/besides.ts';
import { sentenceOf } from '../session/beats/sentence.ts';
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
  /** Absent: what suits the run. */
  readonly palette?: Theme['tells'];
  /** lying unless said. */
  readonly way?: SceneView['way'];
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
  const beat = scene.beats.value[scene.beat.value];
  const panels = options.panels ?? beat?.show ?? preset?.panels ?? firstPanels;
  if (panels.includes('compare') || tellOfOthers(scene.beats.value)) await compared(scene);
  const view = viewOf(scene, {
    panels,
    acks: true,
    observer: false,
    hidden: beat?.hide ?? [],
    losses: null,
    theme: telling(theme(options.theme), options.palette),
    way: options.way ?? 'lying',
    ghostName: 'without loss',
    sentence: told(scene, beat) ?? preset?.look ?? ('trace' in source ? CAPTURED : ''),
  });
  return view ? ok(view) : { ok: false, problems: scene.problems.value };
};

/** The sentence of a beat, or its question; null where there is none. */
const told = ({ shown, beside }: Scene, beat: Scene['beats']['value'][number] | undefined): string | null => {
  const say = beat?.ask?.say ?? beat?.say ?? '';
  if (say === '' || !shown.value) return null;
  const { trace, document } = shown.value;
  return sentenceOf({ trace, scenario: document?.scenario ?? null, beside: beside.value }, say);
};

/** Runs the other ways of the same page. A capture has none. */
const compared = (scene: Scene): Promise<void> =>
  new Promise((done) => {
    if (!scene.shown.value?.document) {
      done();
      return;
    }
    const stop = scene.beside.subscribe((rows) => {
      if (rows.length === 0) return;
      stop();
      done();
    });
    scene.comparison.want(true);
  });

const CAPTURED = 'A capture: times are measured; states and causes are inferred from them.';
