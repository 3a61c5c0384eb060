import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { Ticker } from './clock.ts';
import { EventReader } from './events.ts';
import type { Unused } from './events.ts';
import { readHead } from './head.ts';
import type { LogHead } from './head.ts';
import type { Log } from './log.ts';
import { EventNames } from './names.ts';
import { splitJson, splitRecords } from './split.ts';
import { counted, fieldsOf, isFields, Tally, textOf } from './values.ts';
import type { Fields } from './values.ts';

/** The logs of one file. */
export interface ReadLogs {
  readonly logs: readonly Log[];
  /** JSON, JSON-SEQ or NDJSON. */
  readonly form: string;
  readonly version: string;
}

/** More characters than this do not fit into one string everywhere. */
const MAX_CHARACTERS = 512 * 1024 * 1024 - 64;
const NO_FIELDS: Fields = {};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** A trace whose events are read one after another. */
class TraceReader {
  readonly #head: LogHead;
  readonly #names: EventNames;
  readonly #ticker: Ticker;
  readonly #events: EventReader;
  /** Places of what is read in an event that is a list. */
  readonly #time: number;
  readonly #category: number;
  readonly #event: number;
  readonly #data: number;
  readonly #group: number;
  #untimed = 0;

  constructor(head: LogHead, names: EventNames, unused: Unused) {
    this.#head = head;
    this.#names = names;
    this.#ticker = new Ticker(head.clock);
    this.#events = new EventReader(head, unused);
    const { columns } = head;
    const at = (...names: string[]): number => columns.findIndex((column) => names.includes(column));
    this.#time = at('time', 'relative_time', 'delta_time');
    this.#category = at('category');
    this.#event = at('event', 'event_type', 'type', 'name');
    this.#data = at('data');
    this.#group = at('group_id');
  }

  /** False where it is no event. */
  read(event: unknown): boolean {
    if (Array.isArray(event)) return this.#readRow(event);
    if (!isFields(event)) return false;
    const name = event['name'];
    // An empty object at the end is a way around the comma before it.
    if (typeof name !== 'string') return Object.keys(event).length === 0;
    const time = this.#ticker.at(event['time']);
    if (Number.isNaN(time)) return this.#hasNoTime();
    const data = event['data'];
    this.#events.read(time, this.#names.ofName(name), isFields(data) ? data : NO_FIELDS, name, event['group_id']);
    return true;
  }

  #readRow(row: readonly unknown[]): boolean {
    if (row.length === 0) return true;
    const category = textOf(row[this.#category]);
    const type = textOf(row[this.#event]);
    if (type === '') return false;
    const time = this.#ticker.at(row[this.#time]);
    if (Number.isNaN(time)) return this.#hasNoTime();
    const data = row[this.#data];
    const group = this.#group < 0 ? undefined : row[this.#group];
    this.#events.read(
      time,
      this.#names.ofParts(category, type),
      isFields(data) ? data : NO_FIELDS,
      `${category}:${type}`.toLowerCase(),
      group,
    );
    return true;
  }

  #hasNoTime(): boolean {
    this.#untimed++;
    return true;
  }

  finish(warn: (sentence: string) => void): Log[] {
    if (this.#untimed > 0) warn(`${counted(this.#untimed, 'event')} without a time: left out.`);
    const { logs } = this.#events;
    for (const log of logs) log.reference = this.#ticker.reference;
    return logs;
  }

  get title(): string {
    return this.#head.title;
  }
}

/** Reads a qlog of any form. Fails where nothing of it is one; `warn` hears what could not be read. */
export const readLogs = (bytes: Uint8Array, warn: (sentence: string) => void): Result<ReadLogs> => {
  if (bytes.length > MAX_CHARACTERS) return fail({ where: '', what: 'the log is larger than 512 MB; cut it first' });
  const text = new TextDecoder().decode(bytes).replace(/^\uFEFF/, '');
  const names = new EventNames();
  const unused = { events: new Tally(), frames: new Tally() };
  const read = isSequence(text) ? readSequence(text, names, unused, warn) : readDocument(text, names, unused, warn);
  if (!read.ok) return read;
  const events = unused.events.total;
  if (events > 0) warn(`${counted(events, 'event')} of kinds that are not drawn: ${unused.events.words()}.`);
  const frames = unused.frames.total;
  if (frames > 0) warn(`${counted(frames, 'frame')} that are not read: ${unused.frames.words()}.`);
  return read;
};

/** Records one after another, rather than one document: they begin with a separator, or the first line is a whole one. */
const isSequence = (text: string): boolean => {
  if (text.startsWith('\u001e')) return true;
  const end = text.indexOf('\n');
  if (end < 0) return false;
  const first = parsed(text.slice(0, end));
  return isFields(first) && !Array.isArray(first['traces']) && isHead(first);
};

const isHead = (record: Fields): boolean =>
  (isFields(record['trace']) || 'qlog_format' in record || 'qlog_version' in record || 'file_schema' in record) &&
  !('name' in record);

const versionIn = (head: Fields): string => textOf(head['qlog_version']) || textOf(head['file_schema']);

const readSequence = (
  text: string,
  names: EventNames,
  unused: Unused,
  warn: (sentence: string) => void,
): Result<ReadLogs> => {
  const records = splitRecords(text);
  const form = text.startsWith('\u001e') ? 'JSON-SEQ' : 'NDJSON';
  const logs: Log[] = [];
  let trace: TraceReader | null = null;
  let version = '';
  let broken = 0;
  let firstBroken = 0;
  let strays = 0;
  const last = records.length / 2;
  for (let k = 0; k < last; k++) {
    const record = parsed(text.slice(records[2 * k], records[2 * k + 1]));
    if (record === undefined) {
      if (k === last - 1) warn(`The log ends within record ${String(k + 1)}: the records before it were read.`);
      else if (++broken === 1) firstBroken = k + 1;
      continue;
    }
    if (isFields(record) && isHead(record)) {
      if (trace) logs.push(...trace.finish(warn));
      version ||= versionIn(record);
      trace = new TraceReader(readHead(fieldsOf(record['trace']), textOf(record['title'])), names, unused);
    } else if (!trace) return fail({ where: 'record 1', what: 'a qlog begins with its head, and this is none' });
    else if (!trace.read(record)) strays++;
  }
  if (!trace) return fail({ where: 'record 1', what: 'this is not JSON: a qlog begins with its head' });
  logs.push(...trace.finish(warn));
  if (broken > 0) warn(`${counted(broken, 'record')} not JSON (the first is record ${String(firstBroken)}): left out.`);
  if (strays > 0) warn(`${counted(strays, 'record')} no events: left out.`);
  return ok({ logs, form, version });
};

const readDocument = (
  text: string,
  names: EventNames,
  unused: Unused,
  warn: (sentence: string) => void,
): Result<ReadLogs> => {
  const split = splitJson(text);
  const head = parsed(split.head);
  if (!isFields(head) || Object.keys(head).length <= 1)
    return fail({ where: `character ${String(Math.max(0, split.brokenAt))}`, what: 'this is not JSON, or no qlog' });
  const traces: readonly unknown[] = Array.isArray(head['traces']) ? head['traces'] : [];
  if (traces.length === 0) return fail({ where: '', what: 'the log has no traces' });
  if (split.brokenAt >= 0)
    warn(`The log breaks off at character ${String(split.brokenAt)}: what stands before was read.`);
  const logs: Log[] = [];
  let broken = 0;
  traces.forEach((one, t) => {
    const fields = fieldsOf(one);
    const error = textOf(fields['error_description']);
    if (error !== '') warn(`Trace ${String(t + 1)} of the log says that it could not be made: ${error}`);
    const trace = new TraceReader(readHead(fields, textOf(head['title'])), names, unused);
    const events = split.events[t] ?? [];
    for (let k = 0; k < events.length; k += 2) {
      const event = parsed(text.slice(events[k], events[k + 1]));
      if (event === undefined || !trace.read(event)) broken++;
    }
    logs.push(...trace.finish(warn));
  });
  if (broken > 0) warn(`${counted(broken, 'event')} that cannot be read: left out.`);
  return ok({ logs, form: 'JSON', version: versionIn(head) });
};
