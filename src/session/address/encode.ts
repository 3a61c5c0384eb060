import { toMs } from '../../base/time.ts';
import type { Nanos } from '../../base/time.ts';
import { identityWord } from '../identity.ts';
import { strikeWord } from '../strike.ts';
import { pack } from './pack.ts';
import { VERSION } from './state.ts';
import type { AddressState, EmbedState } from './state.ts';

/** ms with every digit that the ns have, and no more. */
const ms = (time: Nanos): string => String(Number(toMs(time).toFixed(6)));

/** How a scene behaves inside another page, as the keys of an address. */
const embedParts = ({ poster, autoplay, reset, ...words }: EmbedState): [string, string][] => {
  const parts: [string, string][] = Object.entries(words);
  if (autoplay !== undefined) parts.push(['autoplay', autoplay ? 'on' : 'off']);
  if (reset !== undefined) parts.push(['reset', reset ? 'on' : 'off']);
  if (poster !== undefined) parts.push(['poster', String(poster + 1)]);
  return parts;
};

/** The state as the text behind `#`. It stands in the hash, so that a scenario never reaches a server. */
export const encodeAddress = async (state: AddressState): Promise<string> => {
  const parts: [string, string][] = [['v', String(VERSION)]];
  if (state.preset !== undefined) parts.push(['scenario', state.preset]);
  if (state.patch !== undefined) parts.push(['edit', await pack(state.patch)]);
  if (state.beats !== undefined) parts.push(['beats', await pack(state.beats)]);
  if (state.beat !== undefined) parts.push(['beat', String(state.beat + 1)]);
  if (state.time !== undefined) parts.push(['t', ms(state.time)]);
  if (state.range) parts.push(['from', ms(state.range.from)], ['to', ms(state.range.to)]);
  if (state.speed !== undefined) parts.push(['speed', String(state.speed)]);
  if (state.loop) parts.push(['loop', `${ms(state.loop.from)}~${ms(state.loop.to)}`]);
  if (state.selection) parts.push(['packet', identityWord(state.selection)]);
  if (state.theme !== undefined && state.theme !== 'auto') parts.push(['theme', state.theme]);
  if (state.panels) parts.push(['show', state.panels.join(',')]);
  if (state.ways) parts.push(['compare', state.ways]);
  if (state.strike) parts.push(['strike', strikeWord(state.strike)]);
  if (state.orientation !== undefined && state.orientation !== 'auto') parts.push(['way', state.orientation]);
  if (state.cutting === false) parts.push(['idle', 'shown']);
  if (state.observer === true) parts.push(['sees', 'wiretap']);
  if (state.reference) {
    const { reference } = state;
    parts.push(['ghost', reference.kind === 'scenario' ? await pack(reference.patch) : reference.kind]);
  }
  if (state.embed) parts.push(...embedParts(state.embed));
  return parts.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%2C', ',')}`).join('&');
};
