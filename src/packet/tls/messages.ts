import type { TraceTls } from '../../trace/tls.ts';
import { NONE } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { decodeHandshake } from '../../wire/tls/handshake/decodeMessage.ts';
import type { HandshakeMessage } from '../../wire/tls/handshake/message.ts';
import type { Side } from '../../wire/tls/make/session.ts';
import { keptContents } from './contents.ts';

/** A handshake message of a trace, and when it passed. */
export interface PassedMessage {
  readonly side: Side;
  /** Simulated ones have their sizes, names and lists; what only cryptography gives is blank. */
  readonly message: HandshakeMessage;
  /** Row in `TraceTls.messages`. */
  readonly row: number;
  /** ns: its first byte left its sender. */
  readonly sent: number;
  /** ns: its last byte was handed to TLS at the other end; null: it never was. */
  readonly heard: number | null;
}

/** Where bytes up to an offset were handed over at a node, by time: the deliveries of one direction. */
const heardAt = (trace: Trace, flow: number, node: number): ((end: number) => number | null) => {
  const d = trace.deliveries;
  const ends: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < trace.deliveryCount; i++) {
    if (d.flow[i] !== flow || d.node[i] !== node) continue;
    ends.push((d.offset[i] as number) + (d.bytes[i] as number));
    times.push(d.time[i] as number);
  }
  return (end) => {
    const k = ends.findIndex((reached) => reached >= end);
    return times[k] ?? null;
  };
};

const HEADER = 5;

/** Row of a captured message, decoded by the flow's version; null: it cannot be read. */
const captured = (tls: TraceTls, row: number, is13: boolean): HandshakeMessage | null => {
  const decoded = decodeHandshake(keptContents(tls).message(row), is13);
  return decoded.ok ? decoded.value : null;
};

/** The handshake messages of a flow, each end's in order, as far as they can be read. */
export const passedMessages = (trace: Trace, flow: number): PassedMessage[] => {
  const { tls } = trace;
  const ends = trace.flows[flow];
  if (!tls || !ends) return [];
  const is13 = tls.flows.find((t) => t.flow === flow)?.version === 0x0304;
  const { records, messages } = tls;
  const heard = { client: heardAt(trace, flow, ends.server.node), server: heardAt(trace, flow, ends.client.node) };
  const simulated = {
    client: ends.tls?.messages.filter(({ from }) => from === 'client') ?? [],
    server: ends.tls?.messages.filter(({ from }) => from === 'server') ?? [],
  };
  const counts = { client: 0, server: 0 };
  const found: PassedMessage[] = [];
  for (let row = 0; row < tls.messageCount; row++) {
    const record = messages.record[row] as number;
    if (records.flow[record] !== flow) continue;
    const side = records.up[record] === 1 ? 'client' : 'server';
    const message = ends.tls ? (simulated[side][counts[side]++]?.message ?? null) : captured(tls, row, is13);
    const first = records.first[record] as number;
    if (message === null || first === NONE) continue;
    const end = (records.at[record] as number) + HEADER + (records.length[record] as number);
    found.push({ side, message, row, sent: trace.packets.sent[first] as number, heard: heard[side](end) });
  }
  return found;
};
