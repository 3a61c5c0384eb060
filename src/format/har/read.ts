import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { gunzip, isGzip } from '../gunzip.ts';
import { readEntry } from './entry.ts';
import type { Entry } from './entry.ts';
import { counted, fieldsOf, isFields, listOf, textOf } from './fields.ts';

/** A HAR file (1.1, 1.2). */
export interface HarLog {
  readonly creator: string;
  readonly version: string;
  readonly pages: readonly { readonly id: string; readonly title: string }[];
  /** In order of their start, which counts from the first one. */
  readonly entries: readonly Entry[];
  /** ms since 1970 of the first entry. */
  readonly epoch: number;
  readonly warnings: readonly string[];
}

const DAY = 86_400_000;

const reasons = (entries: readonly Entry[]): string[] => {
  const counts = new Map<string, number>();
  for (const { unfit } of entries) if (unfit !== null) counts.set(unfit, (counts.get(unfit) ?? 0) + 1);
  return [...counts].map(([reason, n]) => `${counted(n, 'entry', 'entries')} ${reason}: left out.`);
};

/** Reads a HAR file, gzip or not. Fails where it is none, or tells of no request over the network; never throws. */
export const readHar = async (bytes: Uint8Array): Promise<Result<HarLog>> => {
  const warnings: string[] = [];
  const unpacked = isGzip(bytes) ? await gunzip(bytes, (sentence) => warnings.push(sentence)) : ok(bytes);
  if (!unpacked.ok) return unpacked;
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder().decode(unpacked.value).replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ where: '', what: `this HAR file is not whole, or no JSON: ${why}` });
  }
  if (!isFields(file) || !isFields(file['log']))
    return fail({ where: 'log', what: 'this is no HAR file: it has no "log"' });
  const { log } = file;
  const list = listOf(log['entries']).filter(isFields);
  if (list.length === 0) return fail({ where: 'log.entries', what: 'the HAR file has no entries' });
  const all = list.map(readEntry);
  const fit = all.filter(({ unfit }) => unfit === null);
  const first = Math.min(...fit.map(({ start }) => start));
  const near = fit.filter(({ start }) => start - first < DAY);
  const entries = near
    .map((entry, i) => ({ entry: { ...entry, start: entry.start - first }, i }))
    .sort((a, b) => a.entry.start - b.entry.start || a.i - b.i)
    .map(({ entry }) => entry);
  warnings.push(...reasons(all));
  const far = fit.length - near.length;
  if (far > 0) warnings.push(`${counted(far, 'entry', 'entries')} more than a day later: left out.`);
  if (entries.length === 0)
    return fail({ where: 'log.entries', what: `no entry is a request over the network: ${warnings.join(' ')}` });
  return ok({
    creator: textOf(fieldsOf(log['creator'])['name']),
    version: textOf(log['version']),
    pages: listOf(log['pages'])
      .filter(isFields)
      .map((page) => ({ id: textOf(page['id']), title: textOf(page['title']) })),
    entries,
    epoch: first,
    warnings,
  });
};
