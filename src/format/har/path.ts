import type { Entry } from './entry.ts';

/** What the times of a HAR file say of the path. */
export interface HarPath {
  readonly rttMs: number;
  /** How the round trip was found, for a note. */
  readonly rttFrom: string;
  readonly mbps: number;
  readonly mbpsFrom: string;
}

const DEFAULT_RTT = 40;
const DEFAULT_MBPS = 20;
/** Answers with fewer bytes tell nothing of the rate. */
const LEAST_BYTES = 50_000;
const LEAST_MS = 1;
const MAX_MBPS = 1000;

const tidy = (value: number): number => Number(value.toPrecision(3));

const fastest = (values: readonly number[]): number => Math.min(...values.filter((ms) => ms > 0));

/** The round trip: by the fastest handshake of TCP with the page's own server, with any, or the fastest answer. */
const roundTrip = (entries: readonly Entry[]): { readonly rttMs: number; readonly rttFrom: string } => {
  const home = entries[0]?.host ?? '';
  const own = fastest(entries.filter(({ host }) => host === home).map(({ tcp }) => tcp));
  if (own < Infinity) return { rttMs: tidy(own), rttFrom: `the fastest handshake of TCP with ${home}` };
  const any = fastest(entries.map(({ tcp }) => tcp));
  if (any < Infinity) return { rttMs: tidy(any), rttFrom: 'the fastest handshake of TCP' };
  const answer = fastest(entries.map(({ wait }) => wait));
  if (answer < Infinity) return { rttMs: tidy(answer), rttFrom: 'the fastest answer, so that it may be less' };
  return { rttMs: DEFAULT_RTT, rttFrom: 'nothing in the file' };
};

/** Estimates the path: its round trip, and its rate by the fastest large answer. Both are guesses, and the notes say so. */
export const estimatePath = (entries: readonly Entry[]): HarPath => {
  const rates = entries
    .filter(({ responseBytes, receive }) => responseBytes >= LEAST_BYTES && receive >= LEAST_MS)
    .map(({ responseBytes, receive }) => (responseBytes * 8) / (receive * 1000));
  return {
    ...roundTrip(entries),
    mbps: rates.length > 0 ? tidy(Math.min(MAX_MBPS, Math.max(1, ...rates))) : DEFAULT_MBPS,
    mbpsFrom: rates.length > 0 ? 'the fastest large answer' : 'nothing in the file',
  };
};
