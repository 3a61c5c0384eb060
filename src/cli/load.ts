import { existsSync } from 'node:fs';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { textFormat } from '../format/text.ts';
import { notesOf } from '../scenario/notes.ts';
import { parseScenario } from '../scenario/parse.ts';
import { presets } from '../scenario/presets.ts';
import type { Preset } from '../scenario/presets.ts';
import { tours } from '../scenario/tours/index.ts';
import type { Scenario } from '../scenario/schema.ts';
import { readBytes } from './io.ts';

export interface Loaded {
  readonly scenario: Scenario;
  /** The preset that was named, with its telling moment; null for a file. */
  readonly preset: Preset | null;
}

/** Whether a file's bytes begin as JSON text does; captures do not. */
export const looksLikeJson = (bytes: Uint8Array): boolean => {
  let k = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (k < bytes.length && (bytes[k] === 32 || bytes[k] === 10 || bytes[k] === 13 || bytes[k] === 9)) k++;
  return bytes[k] === 0x7b;
};

/** Scenes that are known by name: the presets, and the tours. */
const named = [...presets, ...tours];
export const isNamed = (name: string): boolean => named.some((one) => one.name === name);

/** A scenario by the name of a preset or the path of a file. A file of a preset's name wins only with a path: `./name`. */
export const loadScenario = (name: string): Result<Loaded> => {
  const preset = named.find((p) => p.name === name) ?? null;
  if (preset) {
    const parsed = parseScenario(JSON.stringify(preset.scenario));
    return parsed.ok ? ok({ scenario: parsed.value, preset }) : parsed;
  }
  if (!existsSync(name) && !/[./\\]/.test(name)) {
    const names = presets.map((p) => p.name).join(', ');
    return fail({ where: name, what: `is neither a file nor a preset; the presets: ${names}` });
  }
  const bytes = readBytes(name);
  if (!bytes.ok) return bytes;
  return parseScenarioBytes(name, bytes.value);
};

/** A scenario from the bytes of the file `name`. */
export const parseScenarioBytes = (name: string, bytes: Uint8Array): Result<Loaded> => {
  const parsed = parseScenario(new TextDecoder().decode(bytes));
  if (parsed.ok) return ok({ scenario: parsed.value, preset: null });
  return fail(...parsed.problems.map((p) => ({ where: p.where === '' ? name : `${name}: ${p.where}`, what: p.what })));
};

/** A scenario that can be run, and what has to be said about it. */
export interface Runnable extends Loaded {
  readonly notes: readonly string[];
}

/** The same as `loadScenario`; a HAR file becomes the scenario of its page. */
export const loadRunnable = async (name: string): Promise<Result<Runnable>> => {
  if (existsSync(name) && !isNamed(name)) {
    const bytes = readBytes(name);
    if (!bytes.ok) return bytes;
    if ((await textFormat({ name, bytes: bytes.value })) === 'har') {
      const { harScenario } = await import('../format/har/scenario.ts');
      const made = await harScenario(name.replace(/^.*[/\\]/, ''), bytes.value);
      return made.ok ? ok({ scenario: made.value.scenario, preset: null, notes: made.value.notes }) : made;
    }
  }
  const loaded = loadScenario(name);
  return loaded.ok ? ok({ ...loaded.value, notes: notesOf(loaded.value.scenario) }) : loaded;
};
