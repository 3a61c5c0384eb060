import type { BeatInput } from '../beats.ts';
import type { Preset } from '../presets/types.ts';
import type { ScenarioInput } from '../schema.ts';

export interface TourParts {
  readonly name: string;
  readonly title: string;
  /** One sentence: what it is about. */
  readonly look: string;
  /** The run; its title and beats come from here. */
  readonly scenario: ScenarioInput;
  readonly beats: readonly BeatInput[];
}

/** A run with its beats; it opens at the first. */
export const tour = ({ name, title, look, scenario, beats }: TourParts): Preset => {
  const [first] = beats;
  if (first?.from === undefined || first.to === undefined)
    throw new Error(`The first beat of the tour ${name} needs its view: “from” and “to”.`);
  return {
    name: `tour-${name}`,
    tab: 'Tours',
    title,
    look,
    scenario: { ...scenario, title, beats: [...beats] },
    at: first.at,
    from: first.from,
    to: first.to,
    ...(first.show && { panels: first.show }),
  };
};

/** The run of a preset of this list. Throws where there is none: a tour names what exists. */
export const runOf = (presets: readonly Preset[], name: string): ScenarioInput => {
  const preset = presets.find((one) => one.name === name);
  if (!preset) throw new Error(`There is no preset ${name}.`);
  return preset.scenario;
};
