import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Nanos } from '../base/time.ts';
import { play } from '../engine/network/layers.ts';
import { openingView } from '../export/opening.ts';
import { panelNames, pictureOf } from '../export/view.ts';
import type { PanelName } from '../export/view.ts';
import type { Figure } from '../figure/types.ts';
import type { Preset } from '../scenario/presets.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Trace } from '../trace/types.ts';
import type { Look } from './look.ts';

/** What is drawn: its run, and what it is a run of. */
export interface Loaded {
  readonly trace: Trace;
  readonly preset: Preset | null;
  /** null: a capture, which cannot be run again. */
  readonly scenario: Scenario | null;
}

/** Where to look; absent: as the scene opens. */
export interface Place {
  readonly at?: Nanos;
  readonly from?: Nanos;
  readonly to?: Nanos;
}

const isPanel = (name: string): name is PanelName => panelNames.some((panel) => panel === name);

export const POSTER = 'poster';

/** The panels that a name means: one or several, or none of its own for a poster; null: it is no panel's. */
export const panelsOf = (figure: string): readonly PanelName[] | null => {
  const names = figure === POSTER ? [] : figure.split(',');
  return names.every(isPanel) ? names : null;
};

/** `poster`: what the page shows of a scene; several names, `sequence,rtt`: the same with these figures. */
export const isPoster = (figure: string): boolean =>
  figure === POSTER || (figure.includes(',') && figure.split(',').every(isPanel));

/** The picture that the page exports of the scene as it opens: title, sentence, panels, the other future, the playhead. */
export const poster = async (
  figure: string,
  { trace, preset, scenario }: Loaded,
  place: Place,
  { theme, palette, way }: Look,
): Promise<Result<Figure>> => {
  const panels = figure === POSTER ? undefined : (panelsOf(figure) ?? []);
  if (scenario === null && panels?.includes('compare') === true)
    return fail({
      where: `--figure ${figure}`,
      what: 'a capture cannot be run by other ways; name a scenario or a preset',
    });
  const source = scenario === null ? { trace } : preset ? { preset, scenario } : { scenario };
  const view = await openingView(source, {
    run: (scenarios) => Promise.all(scenarios.map((one) => play(one))),
    ...(panels && { panels }),
    theme: theme.name,
    ...(palette && { palette }),
    ...(way && { way }),
  });
  if (!view.ok) return view;
  const { range, playhead } = view.value;
  return ok(
    pictureOf({
      ...view.value,
      range: { from: place.from ?? range.from, to: place.to ?? range.to },
      playhead: place.at ?? playhead,
    }),
  );
};
