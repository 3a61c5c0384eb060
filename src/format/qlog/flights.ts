import { Growing } from '../../trace/growing.ts';
import { QuicType } from '../../trace/quic/types.ts';
import { Fate, Quality } from '../../trace/types.ts';
import { match, setClocks } from './pair.ts';
import type { Connection, End, Matched } from './pair.ts';

const flightShape = {
  /** 1: from the client. */
  up: 'u8',
  sent: 'f64',
  arrived: 'f64',
  fate: 'u8',
  quality: 'u8',
  /** Bytes above UDP. */
  bytes: 'u32',
  /** 1: its packets are rows of the server's log. */
  inServer: 'u8',
  /** Its packets: first place in `rows`, and how many. */
  first: 'u32',
  count: 'u32',
} as const;

/** The datagrams of a connection with their instants, in no order; the packets of one stand together in `rows`. */
export interface Flights {
  readonly table: Growing<typeof flightShape>;
  readonly rows: Int32Array;
  /** One-way times in ns, as far as they are known; null: not. */
  readonly way: { readonly up: number | null; readonly down: number | null };
  /** What was done to the times, in sentences. */
  readonly sentences: readonly string[];
}

const BOTH_MEASURED = Quality.Measured | (Quality.Measured << 2);
const SENT_MEASURED = Quality.Measured | (Quality.Inferred << 2);
const BOTH_INFERRED = Quality.Inferred | (Quality.Inferred << 2);
const ARRIVED_MEASURED = Quality.Inferred | (Quality.Measured << 2);

/** A side that answers within this part of the whole round trip is where the log was written (as for captures). */
const AT_VANTAGE = 0.1;

/** ns from where a log was written to the end that it speaks for, and to the other. */
interface Place {
  readonly toOwn: number;
  readonly toPeer: number;
}

const placeOf = ({ log, acks }: End): Place => {
  const peer = acks.toPeer === Infinity ? 0 : acks.toPeer;
  if (log.head.vantage === 'client' || log.head.vantage === 'server') return { toOwn: 0, toPeer: Math.round(peer / 2) };
  const own = acks.toOwn === Infinity ? 0 : acks.toOwn;
  const whole = own + peer;
  return {
    toOwn: own <= whole * AT_VANTAGE ? 0 : Math.round(own / 2),
    toPeer: peer <= whole * AT_VANTAGE ? 0 : Math.round(peer / 2),
  };
};

class Collector {
  readonly table = new Growing(flightShape);
  readonly rows: Int32Array;
  #count = 0;

  constructor(size: number) {
    this.rows = new Int32Array(size);
  }

  open(up: boolean, end: End, inServer: boolean, row: number): number {
    const flight = this.table.row();
    const c = this.table.columns;
    c.up[flight] = up ? 1 : 0;
    c.inServer[flight] = inServer ? 1 : 0;
    c.first[flight] = this.#count;
    c.bytes[flight] = end.log.groupBytes[end.log.rows.columns.group[row] as number] ?? 0;
    return flight;
  }

  add(flight: number, row: number): void {
    this.rows[this.#count++] = row;
    const { count } = this.table.columns;
    count[flight] = (count[flight] as number) + 1;
  }
}

/** Sums the sizes of packets where the log does not tell that of the datagram. */
const fillBytes = (collector: Collector, connection: Connection): void => {
  const c = collector.table.columns;
  for (let flight = 0; flight < collector.table.count; flight++) {
    if ((c.bytes[flight] as number) > 0) continue;
    const end = c.inServer[flight] === 1 ? connection.server : connection.client;
    let sum = 0;
    for (let k = 0; k < (c.count[flight] as number); k++)
      sum += end?.quic.packets.size[collector.rows[(c.first[flight] as number) + k] as number] ?? 0;
    c.bytes[flight] = sum;
  }
};

/** Datagrams of one direction, as far as its sender logged them. */
const sentBy = (
  collector: Collector,
  up: boolean,
  sender: End,
  receiver: End | null,
  matched: Matched | null,
  place: Place,
  way: number,
): void => {
  const { columns } = sender.log.rows;
  const lost = new Set<string>();
  for (const note of sender.log.notes)
    if (note.kind === 'lost') lost.add(`${String(note.space)} ${String(note.number)}`);
  // What was sent before a Retry came was answered by it.
  const retriedAt = retryIn(sender);
  const lastArrived = matched ? matched.ofSender.findLastIndex((other) => other >= 0) : -1;
  let group = -1;
  let flight = -1;
  for (let row = 0; row < sender.log.count; row++) {
    if (columns.sent[row] === 0) continue;
    if (flight < 0 || columns.group[row] !== group) {
      flight = collector.open(up, sender, !up, row);
      group = columns.group[row] as number;
      const at = (columns.time[row] as number) + sender.shift;
      const opened = collector.table.columns;
      opened.sent[flight] = at - place.toOwn;
      opened.arrived[flight] = at + (receiver ? way : place.toPeer);
      opened.quality[flight] = place.toOwn > 0 ? BOTH_INFERRED : SENT_MEASURED;
      // The other log does not have it, but something that was sent later: it did not arrive.
      opened.fate[flight] = row < lastArrived ? Fate.InferredLost : Fate.Unknown;
    }
    collector.add(flight, row);
    const c = collector.table.columns;
    const other = matched ? (matched.ofSender[row] as number) : -1;
    if (other >= 0 && receiver) {
      if (c.quality[flight] !== BOTH_MEASURED) {
        const at = (receiver.log.rows.columns.time[other] as number) + receiver.shift;
        c.arrived[flight] = Math.max(c.sent[flight] as number, at);
        c.quality[flight] = BOTH_MEASURED;
      }
      c.fate[flight] = Fate.Delivered;
    } else if (!Number.isNaN(sender.acks.at[row]) || (columns.time[row] as number) < retriedAt)
      c.fate[flight] = Fate.Delivered;
    else if (c.fate[flight] === Fate.Unknown && lost.has(numberKey(sender, row))) c.fate[flight] = Fate.InferredLost;
  }
};

const numberKey = ({ log, quic }: End, row: number): string =>
  `${String(log.rows.columns.space[row])} ${String(quic.packets.number[row])}`;

const retryIn = ({ log, quic }: End): number => {
  const { sent, time } = log.rows.columns;
  for (let row = 0; row < log.count; row++)
    if (sent[row] === 0 && quic.packets.type[row] === QuicType.Retry) return time[row] as number;
  return -Infinity;
};

/** Datagrams of one direction that only their receiver logged. */
const onlyReceivedBy = (
  collector: Collector,
  up: boolean,
  receiver: End,
  matched: Matched | null,
  place: Place,
  way: number,
): void => {
  const { columns } = receiver.log.rows;
  let group = -1;
  let flight = -1;
  for (let row = 0; row < receiver.log.count; row++) {
    if (columns.sent[row] === 1 || (matched && (matched.ofReceiver[row] as number) >= 0)) continue;
    if (flight < 0 || columns.group[row] !== group) {
      flight = collector.open(up, receiver, up, row);
      group = columns.group[row] as number;
      const c = collector.table.columns;
      const at = (columns.time[row] as number) + receiver.shift;
      c.sent[flight] = at - (matched ? way : place.toPeer);
      c.arrived[flight] = at + place.toOwn;
      c.fate[flight] = Fate.Delivered;
      c.quality[flight] = place.toOwn > 0 ? BOTH_INFERRED : ARRIVED_MEASURED;
    }
    collector.add(flight, row);
  }
};

const MS = 1_000_000;
const msText = (ns: number): string => String(Number((ns / MS).toPrecision(4)));

/** Every datagram of a connection: of both logs where there are two, else with the other end's instants inferred. */
export const flightsOf = (connection: Connection): Flights => {
  const { client, server } = connection;
  const size = (client?.log.count ?? 0) + (server?.log.count ?? 0);
  const collector = new Collector(size);
  const sentences: string[] = [];
  if (client && server) {
    const up = match(client, server);
    const down = match(server, client);
    const clocks = setClocks(client, server, up, down);
    const way = clocks?.way ?? 0;
    if (clocks?.sentence) sentences.push(clocks.sentence);
    else if (!clocks) sentences.push('No packet stands in both logs: how their clocks differ is not known.');
    const here = { toOwn: 0, toPeer: way };
    sentBy(collector, true, client, server, up, here, way);
    onlyReceivedBy(collector, true, server, up, here, way);
    sentBy(collector, false, server, client, down, here, way);
    onlyReceivedBy(collector, false, client, down, here, way);
    fillBytes(collector, connection);
    return { table: collector.table, rows: collector.rows, way: { up: way, down: way }, sentences };
  }
  const end = client ?? server;
  if (!end) return { table: collector.table, rows: collector.rows, way: { up: null, down: null }, sentences };
  const place = placeOf(end);
  const isClient = end === client;
  sentBy(collector, isClient, end, null, null, place, 0);
  onlyReceivedBy(collector, !isClient, end, null, place, 0);
  fillBytes(collector, connection);
  const where = end.log.head.vantage;
  const isEnd = where === 'client' || where === 'server';
  const whole = place.toOwn + place.toPeer;
  sentences.push(
    whole === 0
      ? 'A log of one place that tells no round trip: where its packets come from and go to is drawn at the same instant.'
      : isEnd
        ? `A log of the ${where} only: instants at the other end are inferred, half the least round trip (${msText(2 * whole)} ms) away.`
        : `A log of a place between the ends: instants at both are inferred from the least round trips (${msText(2 * whole)} ms in all).`,
  );
  const way = whole > 0 ? whole : null;
  return { table: collector.table, rows: collector.rows, way: { up: way, down: way }, sentences };
};
