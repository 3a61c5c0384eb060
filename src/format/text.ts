import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { Trace } from '../trace/types.ts';
import { detect } from './detect.ts';
import { isGzip, peek } from './gunzip.ts';
import type { NamedBytes } from './qlog/open.ts';

export interface OpenedText {
  readonly trace: Trace;
  /** `qlog` or `har`, with `.gz` where it was packed. */
  readonly format: string;
  readonly keys: string;
}

/** What a file of text holds: `qlog`, `har`; null: neither. */
export const textFormat = async ({ name, bytes }: NamedBytes): Promise<'qlog' | 'har' | null> => {
  const head = isGzip(bytes) ? await peek(bytes) : bytes;
  const format = detect(name.replace(/\.gz$/i, ''), head);
  return format === 'qlog' || format === 'har' ? format : null;
};

/**
 * Reads a qlog or HAR file into a trace; null where it is neither. With `other`, the log of a connection's other end, the
 * two become one trace. The readers are loaded when the first such file is opened. Never throws.
 */
export const openText = async (
  file: NamedBytes,
  other: NamedBytes | null = null,
): Promise<Result<OpenedText> | null> => {
  const format = await textFormat(file);
  if (format === null) return null;
  const packed = isGzip(file.bytes) ? '.gz' : '';
  if (other !== null && (format !== 'qlog' || (await textFormat(other)) !== 'qlog'))
    return fail({
      where: other.name,
      what: 'only the log of a connection’s other end goes with a log; both have to be qlog',
    });
  if (format === 'har') {
    const { openHar } = await import('./har/open.ts');
    const opened = await openHar(file.name, file.bytes);
    return opened.ok ? ok({ trace: opened.value, format: `har${packed}`, keys: '' }) : opened;
  }
  const { openLogs } = await import('./qlog/open.ts');
  const opened = await openLogs(other === null ? [file] : [file, other]);
  return opened.ok ? ok({ trace: opened.value.trace, format: `qlog${packed}`, keys: '' }) : opened;
};
