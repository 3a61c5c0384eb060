import type { Nanos } from '../base/time.ts';
import { encodeAddress } from '../session/address/encode.ts';
import type { Json } from '../session/address/patch.ts';
import type { Palette, PanelName, ThemeChoice } from '../session/address/state.ts';
import { withBeats } from '../session/document.ts';
import type { Document } from '../session/document.ts';
import type { Range } from '../session/range.ts';
import type { Way } from '../session/way.ts';
import type { SavedScene } from './savedScene.ts';

/** What a page that stands alone opens with, for whoever has no page to take it from. Absent: as the scene opens. */
export interface Opening {
  readonly preset: string | null;
  readonly scenario: Document['scenario'];
  readonly panels?: readonly PanelName[];
  readonly time?: Nanos;
  readonly range?: Range;
  readonly theme?: ThemeChoice;
  readonly palette?: Palette;
  readonly way?: Way;
}

/** A scene by its address: the name of its preset, else the whole scenario with its beats. */
export const savedByAddress = async ({ preset, scenario, palette, way, ...place }: Opening): Promise<SavedScene> => {
  const beats = scenario.beats ?? [];
  const address = await encodeAddress({
    ...(preset === null
      ? {
          patch: JSON.parse(JSON.stringify(withBeats(scenario))) as Json,
          ...(beats.length > 0 && { beats: JSON.parse(JSON.stringify(beats)) as Json }),
        }
      : { preset }),
    ...place,
    ...(way && { orientation: way }),
    ...(palette && { embed: { palette } }),
  });
  return { roundtripPage: 1, address };
};
