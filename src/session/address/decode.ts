import type { Problem } from '../../base/result.ts';
import { fromMs } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { wayKind, wayKinds } from '../../scenario/wayKinds.ts';
import { parseIdentity } from '../identity.ts';
import { parseStrike } from '../strike.ts';
import { unpack } from './pack.ts';
import { panelNames, VERSION } from './state.ts';
import type { AddressState, EmbedState, Knobs, PanelName } from './state.ts';

/** What could be read, and a sentence for each part that could not. */
export interface Decoded {
  readonly state: AddressState;
  readonly problems: readonly Problem[];
}

type Draft = { -readonly [K in keyof AddressState]: AddressState[K] };

const MAX_MS = 86_400_000;
const instant = (text: string): Nanos | null => {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && Math.abs(value) <= MAX_MS ? fromMs(value) : null;
};

const oneOf = <T extends string>(text: string, allowed: readonly T[]): T | null =>
  allowed.find((a) => a === text) ?? null;
const choices = (allowed: readonly string[]): string => `one of ${allowed.join(', ')}`;
const found = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;

/** Reads one key into the draft. Returns what is allowed where the value is not. */
type Reader = (text: string, draft: Draft, key: string) => string | null | Promise<string | null | Problem>;

const themes = ['auto', 'light', 'dark', 'print'] as const;
const ways = ['auto', 'lying', 'upright'] as const;
const ghosts = ['none', 'lossless', 'untouched'] as const;

const MS = 'a time in ms, as 186.4';

const lossOf = (text: string): Knobs['loss'] | null => {
  if (text === 'none') return [];
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (percent !== undefined) return Number(percent) <= 100 ? { rate: Number(percent) / 100 } : null;
  return /^\d{1,9}(,\d{1,9}){0,99}$/.test(text) ? text.split(',').map(Number) : null;
};

/** A key whose words are a few, put away by `take`. */
const word =
  <T extends string>(allowed: readonly T[], take: (choice: T, draft: Draft) => void): Reader =>
  (text, draft) => {
    const choice = oneOf(text, allowed);
    if (choice === null) return choices(allowed);
    take(choice, draft);
    return null;
  };
const switches = ['on', 'off'] as const;
const embedded =
  (more: (choice: string) => EmbedState) =>
  (choice: string, draft: Draft): void => {
    draft.embed = { ...draft.embed, ...more(choice) };
  };

/** Keys for a scene inside another page; the page itself takes them and needs them not. */
const guests: Readonly<Record<string, Reader>> = {
  chrome: word(['full', 'sentence', 'none'], (chrome, draft) => {
    draft.embed = { ...draft.embed, chrome };
  }),
  keys: word(['off', 'focus'], (keys, draft) => {
    draft.embed = { ...draft.embed, keys };
  }),
  ground: word(['paper', 'none'], (ground, draft) => {
    draft.embed = { ...draft.embed, ground };
  }),
  type: word(['page', 'stage'], (type, draft) => {
    draft.embed = { ...draft.embed, type };
  }),
  // `colour` is what links of the first days say.
  palette: word(['kind', 'stream', 'outcome', 'grey', 'colour'], (palette, draft) => {
    if (palette === 'grey') draft.theme = 'print';
    else draft.embed = { ...draft.embed, palette: palette === 'colour' ? 'kind' : palette };
  }),
  autoplay: word(
    switches,
    embedded((on) => ({ autoplay: on === 'on' })),
  ),
  reset: word(
    switches,
    embedded((on) => ({ reset: on === 'on' })),
  ),
  poster: (text, draft) => {
    const poster = beatNumber(text);
    if (poster === null) return 'the number of a beat, from 1';
    draft.embed = { ...draft.embed, poster };
    return null;
  },
};

const beatNumber = (text: string): number | null => {
  const beat = Number(text);
  return Number.isInteger(beat) && beat >= 1 && beat <= 200 ? beat - 1 : null;
};

const readers: Readonly<Record<string, Reader>> = {
  v: (text) => (Number(text) === VERSION ? null : `${String(VERSION)}: this link was made by another version`),
  scenario: (text, draft) => {
    if (!/^[\w-]{1,80}$/.test(text)) return 'the short name of a preset, as one-lost-segment';
    draft.preset = text;
    return null;
  },
  edit: async (text, draft, key) => {
    const patch = await unpack(text, key);
    if (!patch.ok) return patch.problems[0] ?? null;
    draft.patch = patch.value;
    return null;
  },
  rtt: (text, draft) => {
    const rttMs = Number(text);
    if (!(text !== '' && rttMs >= 0 && rttMs <= 1_200_000)) return 'a round-trip time in ms, as 80';
    draft.knobs = { ...draft.knobs, rttMs };
    return null;
  },
  bandwidth: (text, draft) => {
    const mbps = Number(text);
    if (!(mbps >= 0.001 && mbps <= 1_000_000)) return 'a rate in Mbit/s, as 20';
    draft.knobs = { ...draft.knobs, mbps };
    return null;
  },
  loss: (text, draft) => {
    const loss = lossOf(text);
    if (!loss) return 'none, a part as 1%, or numbers of data packets, as 30,31';
    draft.knobs = { ...draft.knobs, loss };
    return null;
  },
  beats: async (text, draft, key) => {
    const beats = await unpack(text, key);
    if (!beats.ok) return beats.problems[0] ?? null;
    draft.beats = beats.value;
    return null;
  },
  beat: (text, draft) => {
    const beat = beatNumber(text);
    if (beat === null) return 'the number of a beat, from 1';
    draft.beat = beat;
    return null;
  },
  t: (text, draft) => {
    const time = instant(text);
    if (time === null) return MS;
    draft.time = time;
    return null;
  },
  speed: (text, draft) => {
    const speed = Number(text);
    if (!(speed >= 1e-6 && speed <= 1000)) return 'seconds for each ms, as 0.1';
    draft.speed = speed;
    return null;
  },
  loop: (text, draft) => {
    const [from, to] = text.split('~').map(instant);
    if (from == null || to == null || to <= from) return 'two times in ms, as 100~200';
    draft.loop = { from, to };
    return null;
  },
  packet: (text, draft) => {
    const identity = parseIdentity(text);
    if (!identity) return 'flow, direction, offset or kind, and which transmission, as page.down.41992.2';
    draft.selection = identity;
    return null;
  },
  theme: (text, draft) => {
    const theme = oneOf(text, themes);
    if (!theme) return choices(themes);
    draft.theme = theme;
    return null;
  },
  show: (text, draft) => {
    const panels = text.split(',').map((part) => oneOf(part, panelNames));
    if (panels.includes(null) || panels.length === 0) return `a list of ${panelNames.join(', ')}`;
    draft.panels = panelNames.filter((name: PanelName) => panels.includes(name));
    return null;
  },
  way: (text, draft) => {
    const way = oneOf(text, ways);
    if (!way) return choices(ways);
    draft.orientation = way;
    return null;
  },
  idle: (text, draft) => {
    const idle = oneOf(text, ['cut', 'shown'] as const);
    if (!idle) return choices(['cut', 'shown']);
    draft.cutting = idle === 'cut';
    return null;
  },
  sees: (text, draft) => {
    const sees = oneOf(text, ['all', 'wiretap'] as const);
    if (!sees) return choices(['all', 'wiretap']);
    draft.observer = sees === 'wiretap';
    return null;
  },
  compare: word([...switches, ...wayKinds], (what, draft) => {
    const kind = wayKind(what);
    if (kind) draft.ways = kind;
    else draft.compare = what === 'on';
  }),
  strike: (text, draft) => {
    const strike = parseStrike(text);
    if (!strike) return 'an instant as 312.4ms, or the number of a data packet, as 30';
    draft.strike = strike;
    return null;
  },
  ...guests,
  ghost: async (text, draft, key) => {
    const kind = oneOf(text, ghosts);
    if (kind) {
      draft.reference = { kind };
      return null;
    }
    const patch = await unpack(text, key);
    if (!patch.ok) return choices(ghosts);
    draft.reference = { kind: 'scenario', patch: patch.value };
    return null;
  },
};

/** `from` and `to` go together. */
const readRange = (parts: URLSearchParams, draft: Draft): Problem | null => {
  const [from, to] = [parts.get('from'), parts.get('to')];
  if (from === null && to === null) return null;
  const [start, stop] = [instant(from ?? ''), instant(to ?? '')];
  if (start === null) return { where: 'from', what: `found ${found(from ?? '')}, needs ${MS}` };
  if (stop === null) return { where: 'to', what: `found ${found(to ?? '')}, needs ${MS}` };
  if (stop <= start) return { where: 'to', what: `found ${found(to ?? '')}, needs a time later than “from”` };
  draft.range = { from: start, to: stop };
  return null;
};

/** Reads the text behind `#` or `?`. Unknown keys are told, not fatal. */
export const decodeAddress = async (text: string): Promise<Decoded> => {
  const parts = new URLSearchParams(text.replace(/^[#?]/, ''));
  const draft: Draft = {};
  const problems: Problem[] = [];
  for (const key of new Set(parts.keys())) {
    if (key === 'from' || key === 'to') continue;
    const value = parts.get(key) ?? '';
    const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
    if (!reader) {
      problems.push({
        where: key,
        what: `is not a key of this page; known are ${[...Object.keys(readers), 'from', 'to'].join(', ')}`,
      });
      continue;
    }
    const refused = await reader(value, draft, key);
    if (typeof refused === 'string') problems.push({ where: key, what: `found ${found(value)}, needs ${refused}` });
    else if (refused) problems.push(refused);
  }
  const range = readRange(parts, draft);
  if (range) problems.push(range);
  return { state: draft, problems };
};
