import { clockOf, commonOf } from './clock.ts';
import type { Clock } from './clock.ts';
import { fieldsOf, textOf } from './values.ts';
import type { Fields } from './values.ts';

export type Vantage = 'client' | 'server' | 'network' | 'unknown';

/** What stands at the head of a trace in a log. */
export interface LogHead {
  readonly title: string;
  readonly vantage: Vantage;
  /** As whom the vantage speaks of sending and receiving: a network's says so by `flow`. */
  readonly side: 'client' | 'server';
  readonly name: string;
  readonly clock: Clock;
  /** Names of the columns where events are lists; empty where they are objects. */
  readonly columns: readonly string[];
  /** What names the connection, the same at both ends; '' where nothing does. */
  readonly group: string;
  readonly protocol: string;
  readonly common: Fields;
}

/** A group id may be text, or an object (draft-01). */
export const groupOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : textOf(value);

/** Columns as the log names them; where it forgets to, as the drafts 00 and 01 had them. */
const columnsOf = (trace: Fields): string[] => {
  const named = trace['event_fields'];
  return Array.isArray(named) ? named.map((name) => textOf(name).toLowerCase()) : [];
};

const vantages = new Set<string>(['client', 'server', 'network']);

/** Reads the head of a trace. Nothing of it has to be there. */
export const readHead = (trace: Fields, title: string): LogHead => {
  const { common, configuration } = commonOf(trace);
  const point = fieldsOf(trace['vantage_point']);
  const type = textOf(point['type']).toLowerCase();
  const vantage = (vantages.has(type) ? type : 'unknown') as Vantage;
  const speaks = vantage === 'network' ? textOf(point['flow']).toLowerCase() : vantage;
  const columns = columnsOf(trace);
  const protocol = common['protocol_type'] ?? common['protocol_types'];
  return {
    title: textOf(trace['title']) || title,
    vantage,
    side: speaks === 'server' ? 'server' : 'client',
    name: textOf(point['name']),
    clock: clockOf(common, configuration, columns),
    columns,
    group:
      groupOf(common['group_id'] ?? common['ODCID'] ?? common['original_connection_id']) ||
      (/^[0-9a-f]{16,40}$/i.test(textOf(trace['description'])) ? textOf(trace['description']) : ''),
    protocol: (Array.isArray(protocol) ? protocol.map(textOf).join(' ') : textOf(protocol)).toUpperCase(),
    common,
  };
};
