import { ok } from '../../base/result.ts';
import type { Problem, Result } from '../../base/result.ts';
import { FIRST_PRESET } from '../../scenario/firstPreset.ts';
import { validateScenario } from '../../scenario/parse.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { decodeAddress } from './decode.ts';
import { encodeAddress } from './encode.ts';
import { withKnobs } from './knobs.ts';
import { difference, patched } from './patch.ts';
import type { Json } from './patch.ts';
import type { AddressState, EmbedState, Orientation } from './state.ts';
import { ghostScenario, opened, withBeats } from '../document.ts';
import type { Document, GhostOf } from '../document.ts';
import type { Display } from '../Display.ts';
import { identityOf } from '../identity.ts';
import type { Scene } from '../Scene.ts';
import { NONE } from '../../trace/types.ts';

/** What a run was changed by that opens changed. */
const LINKED = 'as its link says';

/** A validated scenario is plain JSON. */
const json = (scenario: Scenario): Json => JSON.parse(JSON.stringify(scenario)) as Json;

export interface Addressed {
  readonly scene: Scene;
  readonly display: Display;
  /** The way that time runs; absent: as the display has it. */
  readonly orientation?: Orientation;
}

const ghostFrom = (state: AddressState, document: Document): GhostOf | Problem => {
  const { reference } = state;
  if (!reference) return document.ghost;
  if (reference.kind !== 'scenario') return { kind: reference.kind };
  const scenario = validateScenario(patched(json(document.scenario), reference.patch));
  return scenario.ok
    ? { kind: 'scenario', scenario: scenario.value }
    : { where: 'ghost', what: 'is not a scenario that can be run' };
};

/** The address changes what its preset holds. */
const isChanged = ({ patch, knobs, beats }: AddressState): boolean =>
  patch !== undefined || knobs !== undefined || beats !== undefined;

/** The scenario that an address makes of its preset's, or of nothing; null: it names neither. */
const scenarioFrom = (state: AddressState, base: Scenario | undefined): Result<Scenario> | null => {
  if (!isChanged(state)) return base ? ok(base) : null;
  const whole = patched(base && json(base), state.patch ?? {}) as { readonly [key: string]: Json };
  const made = validateScenario({ ...whole, ...(state.beats !== undefined && { beats: state.beats }) });
  return made.ok && state.knobs ? validateScenario(json(withKnobs(made.value, state.knobs))) : made;
};

/** The document that an address names, or what is wrong with it. */
const documentOf = (state: AddressState, { scene }: Addressed): Document | Problem[] => {
  const name = state.preset ?? (state.patch === undefined ? FIRST_PRESET : null);
  const preset = name === null ? null : scene.preset(name);
  if (name !== null && !preset) {
    const known = scene.presets.value.map((p) => p.name).join(', ');
    return [{ where: 'scenario', what: `“${name}” is no preset; known are ${known}` }];
  }
  const base = preset ? validateScenario(preset.scenario) : null;
  if (base && !base.ok) return [...base.problems];
  const scenario = scenarioFrom(state, base?.value);
  if (!scenario) return [];
  if (!scenario.ok)
    return scenario.problems.map((p) => ({
      where: p.where.startsWith('beats') ? p.where : `edit: ${p.where}`,
      what: p.what,
    }));
  const plain = opened(scenario.value, preset ? preset.name : null);
  const document =
    preset && (state.patch !== undefined || state.knobs) ? { ...plain, did: LINKED, changed: LINKED } : plain;
  const ghost = ghostFrom(state, document);
  return 'where' in ghost ? [ghost] : { ...document, ghost, ...(state.strike && { strike: state.strike }) };
};

/** Opens what an address says. What it says wrongly is told; what is shown stays where nothing could be opened. */
export const openAddress = async (text: string, parts: Addressed): Promise<boolean> => {
  const { scene, display } = parts;
  const [{ state, problems }] = await Promise.all([decodeAddress(text), scene.allPresets()]);
  const document = documentOf(state, parts);
  if (Array.isArray(document)) {
    scene.refuse([...problems, ...document]);
    return false;
  }
  if (state.theme !== undefined) display.theme.set(state.theme);
  display.choose(state.panels ?? null);
  display.orientation.set(state.orientation ?? 'auto');
  display.palette.set(state.embed?.palette);
  scene.cutting.set(state.cutting ?? true);
  display.observer.set(state.observer ?? false);
  const place = {
    time: state.time,
    range: state.range,
    speed: state.speed,
    loop: state.loop,
    selection: state.selection,
    beat: state.beat,
  };
  const said = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
  const preset = document.preset === null ? undefined : scene.preset(document.preset);
  const done =
    preset && !isChanged(state) && state.reference === undefined && !state.strike
      ? await scene.openPreset(preset.name, said)
      : await scene.openDocument(document, said, preset);
  // A beat brings its figures, over which the address may choose others.
  if (done && state.panels) display.choose(state.panels);
  if (done && (state.compare === true || state.ways) && !display.panels.value.includes('compare'))
    display.toggle('compare');
  if (done && state.ways) scene.comparison.kind.set(state.ways);
  scene.problems.set(done ? problems : [...problems, ...scene.problems.value]);
  return done;
};

/** The address of what is shown, `embed` with it where it is a guest's; null for a capture, which no address can hold. */
export const addressOf = async (parts: Addressed, embed?: EmbedState): Promise<string | null> => {
  const { scene, display } = parts;
  const document = scene.history.value?.present;
  const trace = scene.trace;
  if (!document || !trace) return null;
  const preset = document.preset === null ? undefined : scene.preset(document.preset);
  const base = preset ? validateScenario(preset.scenario) : null;
  const run = json(withBeats(document.scenario));
  const patch = base?.ok ? difference(json(withBeats(base.value)), run) : run;
  const { beats = [] } = document.scenario;
  const known = base?.ok ? (base.value.beats ?? []) : [];
  const isOwn = JSON.stringify(beats) !== JSON.stringify(known);
  const plain = opened(document.scenario, null).ghost.kind;
  const other = ghostScenario(document);
  const { packet } = scene;
  const identity = packet === NONE ? null : identityOf(trace, packet);
  const { loop, speed, time } = scene.player;
  const ways = display.panels.value.includes('compare') ? scene.comparison.kind.value : null;
  const palette = display.palette.value;
  return encodeAddress({
    ...(ways && { ways }),
    ...(document.strike && { strike: document.strike }),
    ...(preset && { preset: preset.name }),
    ...(patch !== undefined && { patch }),
    ...(isOwn && { beats: JSON.parse(JSON.stringify(beats)) as Json }),
    ...(scene.beat.value >= 0 && { beat: scene.beat.value }),
    time: time.value,
    range: scene.range.value,
    speed: speed.value,
    ...(loop.value && { loop: loop.value }),
    ...(identity && { selection: identity }),
    theme: display.theme.value,
    ...(display.chosen && { panels: display.chosen }),
    orientation: parts.orientation ?? display.orientation.value,
    cutting: scene.cutting.value,
    observer: display.observer.value,
    ...(embed ? { embed } : palette && { embed: { palette } }),
    ...(document.ghost.kind === 'scenario'
      ? other && {
          reference: { kind: 'scenario' as const, patch: difference(json(document.scenario), json(other)) ?? {} },
        }
      : document.ghost.kind !== plain && { reference: { kind: document.ghost.kind } }),
  });
};
