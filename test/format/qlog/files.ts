import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { explain } from '../../../src/base/result.ts';
import { openLogs } from '../../../src/format/qlog/open.ts';
import type { Trace } from '../../../src/trace/types.ts';

/** The trace of log files. Throws where they are refused. */
export const traceOf = async (...paths: readonly string[]): Promise<Trace> => {
  const opened = await openLogs(paths.map((path) => ({ name: path.replace(/^.*\//, ''), bytes: readFileSync(path) })));
  if (!opened.ok) throw new Error(explain(opened.problems));
  return opened.value.trace;
};

/** The trace of a log that is written as text. */
export const traceOfText = async (...texts: readonly string[]): Promise<Trace> => {
  const opened = await openLogs(
    texts.map((text, i) => ({ name: `${String(i)}.qlog`, bytes: new TextEncoder().encode(text) })),
  );
  if (!opened.ok) throw new Error(explain(opened.problems));
  return opened.value.trace;
};

export const textOf = (path: string): string => {
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};
