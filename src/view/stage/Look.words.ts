import type { Preset } from '../../scenario/presets.ts';
import type { Shown } from '../../session/Scene.ts';

export const lookSwitch = 'What an observer sees';

/** One sentence on what to see: the preset's own, while the run is the preset's; else what it has become. */
export const lookWords = ({ document, trace, measured }: Shown, preset: Preset | null): string => {
  if (!document) {
    if (measured) return 'A page load: its times are those that the browser measured.';
    return trace.source === 'imported'
      ? 'A capture: times are measured; states and causes are inferred from them.'
      : '';
  }
  if (!preset) return document.changed === '' ? '' : `Changed: ${document.changed}.`;
  return document.changed === '' ? preset.look : `“${preset.title}”, changed: ${document.changed}.`;
};
