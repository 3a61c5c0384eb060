import type { Entry, SizeSource } from './entry.ts';
import { counted } from './fields.ts';

const means: Readonly<Record<Exclude<SizeSource, 'transferred'>, string>> = {
  'transferred with headers': 'is what was transferred, headers included',
  unpacked: 'is what the body unpacks to: the file does not tell what was transferred',
  unknown: 'is not told, and taken as 0',
};

/** Where the sizes of answers come from, in sentences; none where all are bytes of body as they were transferred. */
export const sizeNotes = (entries: readonly Entry[]): string[] =>
  (Object.keys(means) as (keyof typeof means)[]).flatMap((source) => {
    const n = entries.filter((entry) => entry.sizeSource === source).length;
    return n === 0 ? [] : [`The size of ${counted(n, 'answer', 'answers')} ${means[source]}.`];
  });
