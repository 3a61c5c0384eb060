import { fail, ok } from '../../base/result.ts';
import type { Problem, Result } from '../../base/result.ts';
import type { Trace } from '../../trace/types.ts';
import { gunzip, isGzip } from '../gunzip.ts';
import { assembleLogs } from './assemble.ts';
import type { Log } from './log.ts';
import { readLogs } from './read.ts';

/** A file by its name and content. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface OpenedLog {
  readonly trace: Trace;
  /** `qlog JSON`, `qlog JSON-SEQ` or `qlog NDJSON`, with the version that the log names. */
  readonly form: string;
}

/** Times that all are whole ms are no finer. */
const MS = 1_000_000;
const ENOUGH = 8;

const countsWholeMs = (log: Log): boolean => {
  if (log.count < ENOUGH) return false;
  const { time } = log.rows.columns;
  let latest = 0;
  for (let row = 0; row < log.count; row++) {
    const at = time[row] as number;
    if (at % MS !== 0) return false;
    latest = Math.max(latest, at);
  }
  return latest > 0;
};

const title = (files: readonly NamedBytes[]): string => files.map(({ name }) => name).join(' + ');

/**
 * Reads logs of QUIC (qlog drafts 00 to 02, 0.3 and later; JSON, JSON-SEQ, NDJSON), gzip or not, into one trace. The logs
 * of both ends of a connection, in one file or in two, become one flow, and their clocks are set right. Never throws.
 */
export const openLogs = async (files: readonly NamedBytes[]): Promise<Result<OpenedLog>> => {
  const logs: Log[] = [];
  const warnings: string[] = [];
  const forms = new Set<string>();
  const problems: Problem[] = [];
  for (const { name, bytes } of files) {
    const warn = (sentence: string): void => {
      warnings.push(files.length > 1 ? `${name}: ${sentence}` : sentence);
    };
    const unpacked = isGzip(bytes) ? await gunzip(bytes, warn) : ok(bytes);
    const read = unpacked.ok ? readLogs(unpacked.value, warn) : unpacked;
    if (!read.ok) {
      problems.push(
        ...read.problems.map((p) => ({ where: p.where === '' ? name : `${name}, ${p.where}`, what: p.what })),
      );
      continue;
    }
    logs.push(...read.value.logs);
    forms.add(`${read.value.form}${read.value.version === '' ? '' : ` ${read.value.version}`}`);
  }
  if (problems.length > 0) return fail(...problems);
  if (!logs.some((log) => log.count > 0))
    return fail({ where: title(files), what: 'the log tells of no packet that was sent or received' });
  if (logs.some(countsWholeMs))
    warnings.push('The log counts whole milliseconds: what lies closer together has no order of its own.');
  return ok({ trace: assembleLogs(title(files), logs, [...new Set(warnings)]), form: [...forms].join(', ') });
};
