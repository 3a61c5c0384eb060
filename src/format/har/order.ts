import { doneAt } from './entry.ts';
import type { Entry } from './entry.ts';

/** What a request waits for: the end of an earlier one (`after`, its index; null: the start of the page), and then some ms. */
export interface Cause {
  readonly after: number | null;
  readonly delay: number;
  /** The file names what made the browser ask; else the times tell. */
  readonly told: boolean;
}

/** A start this much before the end that it follows is rounding: browsers write whole ms. */
const ROUNDING = 1.5;

const absolute = (url: string, base: string): string => {
  try {
    return new URL(url, base).href;
  } catch {
    return url;
  }
};

const sameUrl = (a: string, b: string): boolean => a === b || a.replace(/#.*$/, '') === b.replace(/#.*$/, '');

/** The latest earlier entry of a URL. */
const entryOf = (entries: readonly Entry[], before: number, url: string): number => {
  for (let i = before - 1; i >= 0; i--) if (sameUrl((entries[i] as Entry).url, url)) return i;
  return -1;
};

/**
 * Finds what each request followed from. A redirect follows from the answer that named it. What a document or script
 * asked for follows from its end; where it was asked for earlier, while that was still coming, from whatever that one
 * followed from, as much later. Else it follows from the last answer that was complete when it began.
 */
export const causesOf = (entries: readonly Entry[]): Cause[] => {
  const causes: Cause[] = [];
  entries.forEach((entry, i) => {
    const behind = (other: number, told: boolean): Cause => ({
      after: other,
      delay: Math.max(0, entry.start - doneAt(entries[other] as Entry)),
      told,
    });
    const isDone = (other: number): boolean => doneAt(entries[other] as Entry) <= entry.start + ROUNDING;
    for (let k = i - 1; k >= 0; k--) {
      const earlier = entries[k] as Entry;
      if (earlier.redirect === '' || !sameUrl(absolute(earlier.redirect, earlier.url), entry.url) || !isDone(k))
        continue;
      causes.push(behind(k, true));
      return;
    }
    const by = entry.initiator === '' ? -1 : entryOf(entries, i, entry.initiator);
    if (by >= 0) {
      const cause = causes[by] as Cause;
      causes.push(
        isDone(by)
          ? behind(by, true)
          : {
              after: cause.after,
              delay: cause.delay + Math.max(0, entry.start - (entries[by] as Entry).start),
              told: true,
            },
      );
      return;
    }
    let last = -1;
    for (let k = 0; k < i; k++)
      if (isDone(k) && (last < 0 || doneAt(entries[k] as Entry) > doneAt(entries[last] as Entry))) last = k;
    causes.push(last < 0 ? { after: null, delay: entry.start, told: false } : behind(last, false));
  });
  return causes;
};
