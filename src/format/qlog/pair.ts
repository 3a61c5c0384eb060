import { NS_PER_MS } from '../../base/time.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import { acknowledged, LogIndex } from './acks.ts';
import type { Acknowledged } from './acks.ts';
import type { Log } from './log.ts';
import { fieldsOf, textOf } from './values.ts';

/** A log, its packets by number, and what it knows of their arrival. */
export interface End {
  readonly log: Log;
  /** Its packets and frames; their `datagram` means nothing yet. */
  readonly quic: TraceQuic;
  readonly index: LogIndex;
  readonly acks: Acknowledged;
  /** ns to add to its times for those of the trace. */
  shift: number;
}

/** What is there of one connection: the log of one end, or of both. */
export interface Connection {
  readonly client: End | null;
  readonly server: End | null;
}

const endOf = (log: Log): End => {
  const index = new LogIndex(log);
  const quic = log.quic.finish(0);
  return { log, quic, index, acks: acknowledged(index, quic), shift: 0 };
};

/** Puts the logs together that name the same connection, one of each end. Logs without a packet are left out. */
export const connectionsOf = (logs: readonly Log[]): Connection[] => {
  const connections: { client: End | null; server: End | null }[] = [];
  for (const log of logs) {
    if (log.count === 0) continue;
    const { side } = log.head;
    const other = connections.find((one) => one[side] === null && isEndLog(log) && isSame(one, log));
    if (other) other[side] = endOf(log);
    else
      connections.push({
        client: side === 'client' ? endOf(log) : null,
        server: side === 'server' ? endOf(log) : null,
      });
  }
  return connections;
};

/** Written at an end, not in between. */
const isEndLog = ({ head }: Log): boolean => head.vantage === head.side;

/** Whether a log is that of the other end of a connection. */
const isSame = ({ client, server }: Connection, log: Log): boolean => {
  const other = (client ?? server)?.log;
  return other !== undefined && isEndLog(other) && [...other.ids].some((id) => log.ids.has(id));
};

/** Rows of the same packet in the sender's and in the receiver's log; −1: it is not in that one. */
export interface Matched {
  readonly ofSender: Int32Array;
  readonly ofReceiver: Int32Array;
}

/** Finds what one end sent among what the other received. Packets without a number match in their order. */
export const match = (sender: End, receiver: End): Matched => {
  const ofSender = new Int32Array(sender.log.count).fill(-1);
  const ofReceiver = new Int32Array(receiver.log.count).fill(-1);
  const { sent, space } = sender.log.rows.columns;
  const { number, type } = sender.log.quic.packets;
  const unnumbered: number[] = [];
  for (let row = 0; row < receiver.log.count; row++)
    if (receiver.log.rows.columns.sent[row] === 0 && (receiver.log.quic.packets.number[row] as number) < 0)
      unnumbered.push(row);
  for (let row = 0; row < sender.log.count; row++) {
    if (sent[row] === 0) continue;
    let other: number;
    if ((number[row] as number) >= 0)
      other = receiver.index.of(false, space[row] as number).take(number[row] as number);
    else {
      const k = unnumbered.findIndex((one) => receiver.log.quic.packets.type[one] === type[row]);
      other = k < 0 ? -1 : (unnumbered.splice(k, 1)[0] as number);
    }
    if (other < 0) continue;
    ofSender[row] = other;
    ofReceiver[other] = row;
  }
  return { ofSender, ofReceiver };
};

/** Least time from sending to arrival, each on its end's own clock; Infinity where nothing matches. */
export const leastWay = (sender: End, receiver: End, { ofSender }: Matched): number => {
  let least = Infinity;
  for (let row = 0; row < ofSender.length; row++) {
    const other = ofSender[row] as number;
    if (other < 0) continue;
    least = Math.min(
      least,
      (receiver.log.rows.columns.time[other] as number) - (sender.log.rows.columns.time[row] as number),
    );
  }
  return least;
};

const ms = (ns: number): string => String(Number((ns / NS_PER_MS).toPrecision(Math.abs(ns) < NS_PER_MS ? 2 : 4)));
/** References farther apart than this are not of one clock: a day, in ms. */
const DAY = 86_400_000;

/** Of a run that was exported: what it counted time by; '' in other logs. */
const clockIn = ({ log }: End): string => textOf(fieldsOf(log.head.common['roundtrip'])['clock']);

/**
 * Sets the server's log right against the client's: the fastest packet takes as long up as down. Logs of a run of our own
 * have one clock, and stay as they are. Gives the one-way time and the sentence that says how far the clocks were apart;
 * null where too little was seen at both ends.
 */
export const setClocks = (
  client: End,
  server: End,
  up: Matched,
  down: Matched,
): { readonly way: number; readonly sentence: string | null } | null => {
  const there = leastWay(client, server, up);
  const back = leastWay(server, client, down);
  if (there === Infinity || back === Infinity) return null;
  const clock = clockIn(client);
  if (clock !== '' && clock === clockIn(server)) {
    server.shift = client.shift;
    return { way: Math.max(0, Math.min(there, back)), sentence: null };
  }
  const apart = Math.round((there - back) / 2);
  const way = Math.max(0, (there + back) / 2);
  server.shift = client.shift - apart;
  const [a, b] = [client.log.reference, server.log.reference];
  if (a === null || b === null || Math.abs(a - b) > DAY)
    return {
      way,
      sentence: `The two logs count from instants of their own: the server’s was moved by ${ms(-apart)} ms, so that the fastest packet takes as long up as down (${ms(way)} ms).`,
    };
  const ahead = apart + Math.round((b - a) * NS_PER_MS);
  return {
    way,
    sentence: `The server’s clock is ${ms(Math.abs(ahead))} ms ${ahead < 0 ? 'behind' : 'ahead'}; shown corrected, so that the fastest packet takes as long up as down (${ms(way)} ms).`,
  };
};
