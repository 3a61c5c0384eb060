import { nanos } from '../../base/time.ts';
import type { TraceBuilder } from '../../trace/builder.ts';
import { QuicFrameIndex, QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import { CauseKind, EventKind, Fate, NONE, SpanKind } from '../../trace/types.ts';
import type { Log } from './log.ts';

/** How a handshake went, by its packets. Times of the trace in ns; null: it never came to it. */
export interface Handshake {
  /** The client has sent its Finished (RFC 9001 §4.1.1): it may send what it likes. */
  readonly connected: number | null;
  /** It may send encrypted: the same, or early data that was taken. */
  readonly secured: number | null;
  /** HANDSHAKE_DONE came to the client (RFC 9001 §4.1.2). */
  readonly confirmed: number | null;
  readonly early: 'accepted' | 'rejected' | null;
  readonly serverStart: number | null;
  readonly serverHandshake: number | null;
  readonly clientHandshake: number | null;
  readonly closed: readonly { readonly up: boolean; readonly sent: number; readonly arrived: number | null }[];
  /** Rows of `packets` where each happened, for the causes. */
  readonly rows: { readonly connected: number; readonly confirmed: number };
}

/** Goes through the packets of one flow in the order in which they were sent. */
export const handshakeOf = (
  builder: TraceBuilder,
  quic: Pick<TraceQuic, 'packets' | 'frames'>,
  datagrams: readonly number[],
  firstPacket: Int32Array,
): Handshake => {
  const { packets: p } = builder;
  const { packets: q, frames: f } = quic;
  let connected: number | null = null;
  let connectedRow: number = NONE;
  let early: number | null = null;
  let earlyAccepted = false;
  let confirmed: number | null = null;
  let confirmedRow: number = NONE;
  let serverStart: number | null = null;
  let serverHandshake: number | null = null;
  let clientHandshake: number | null = null;
  const closed: { up: boolean; sent: number; arrived: number | null }[] = [];
  for (const i of datagrams) {
    const isUp = builder.links[p.link[i] as number]?.from === builder.flows[p.flow[i] as number]?.client.node;
    const sent = p.sent[i] as number;
    const arrived = p.fate[i] === Fate.Delivered ? (p.arrived[i] as number) : null;
    for (let row = firstPacket[i] as number; q.datagram[row] === i && row < (firstPacket[i + 1] as number); row++) {
      const type = q.type[row] as number;
      if (isUp && type === QuicType.Initial && arrived !== null) serverStart ??= arrived;
      if (!isUp && type === QuicType.Handshake) {
        serverHandshake ??= sent;
        if (arrived !== null) clientHandshake ??= arrived;
      }
      if (isUp && type === QuicType.ZeroRtt) {
        early ??= sent;
        earlyAccepted ||= !Number.isNaN(q.acked[row]);
      }
      if (isUp && type === QuicType.OneRtt && connected === null) {
        connected = sent;
        connectedRow = i;
      }
      const end = (q.frame[row] as number) + (q.frames[row] as number);
      for (let k = q.frame[row] as number; k < end; k++) {
        const kind = f.kind[k];
        if (isUp && type === QuicType.Handshake && kind === QuicFrameIndex.crypto && connected === null) {
          connected = sent;
          connectedRow = i;
        } else if (!isUp && kind === QuicFrameIndex.handshakeDone && arrived !== null && confirmed === null) {
          confirmed = arrived;
          confirmedRow = i;
        } else if (kind === QuicFrameIndex.connectionClose) closed.push({ up: isUp, sent, arrived });
      }
    }
  }
  return {
    connected,
    secured: early ?? connected,
    confirmed,
    early: early === null ? null : earlyAccepted ? 'accepted' : 'rejected',
    serverStart,
    serverHandshake,
    clientHandshake,
    closed,
    rows: { connected: connectedRow, confirmed: confirmedRow },
  };
};

/** Writes the events of a handshake: connected, secured (unless a log tells that itself), confirmed, early data. */
export const addHandshakeEvents = (
  builder: TraceBuilder,
  flow: number,
  shake: Handshake,
  isSecuredTold: boolean,
): void => {
  const { client, server } = builder.flows[flow] as TraceBuilder['flows'][number];
  const event = (time: number | null, kind: number, node: number, cause: number, a = 0): void => {
    if (time === null) return;
    const causeKind = cause === NONE ? CauseKind.None : CauseKind.Arrival;
    builder.addEvent(nanos(time), kind, node, flow, NONE, causeKind, cause, a);
  };
  event(shake.connected, EventKind.Connected, client.node, NONE);
  if (!isSecuredTold) event(shake.secured, EventKind.Secured, client.node, NONE);
  event(shake.confirmed, EventKind.Confirmed, client.node, shake.rows.confirmed);
  if (shake.early !== null)
    event(shake.connected, EventKind.EarlyData, client.node, NONE, shake.early === 'accepted' ? 1 : 0);
  const finished = shake.rows.connected;
  if (finished !== NONE && builder.packets.fate[finished] === Fate.Delivered)
    event(builder.packets.arrived[finished] as number, EventKind.Connected, server.node, finished);
};

/** States as the drafts call them, and as the machines that run here do. */
const quicStates: Readonly<Record<string, string>> = {
  attempted: 'INITIAL',
  peer_validated: 'HANDSHAKE',
  handshake_started: 'HANDSHAKE',
  early_write: 'HANDSHAKE',
  handshake_complete: 'COMPLETE',
  handshake_completed: 'COMPLETE',
  handshake_confirmed: 'CONFIRMED',
  closing: 'CLOSING',
  draining: 'DRAINING',
  closed: 'CLOSED',
};

/** Name of a state of a log; of TCP, which the drafts do not have: the RFC's. */
export const stateName = (label: string, isTcp: boolean): string =>
  isTcp ? label.toUpperCase().replaceAll('_', '-') : (quicStates[label] ?? label.toUpperCase());

type Step = readonly [time: number | null, state: string];

const addSpans = (builder: TraceBuilder, flow: number, node: number, steps: readonly Step[]): void => {
  let open: number = NONE;
  let last = '';
  const known = steps.filter((step): step is readonly [number, string] => step[0] !== null).sort((a, b) => a[0] - b[0]);
  for (const [time, state] of known) {
    if (state === last) continue;
    if (open !== NONE) builder.endSpan(open, nanos(time));
    open = builder.addSpan(nanos(time), SpanKind.State, node, flow, state, NONE, CauseKind.None, NONE);
    last = state;
  }
};

/** Writes the states of both ends: as their logs tell them, else as the packets let them be inferred. */
export const addStates = (
  builder: TraceBuilder,
  flow: number,
  shake: Handshake | null,
  logs: readonly { readonly log: Log; readonly shift: number; readonly isClient: boolean }[],
): void => {
  const { client, server } = builder.flows[flow] as TraceBuilder['flows'][number];
  const start = builder.packets.sent[0] ?? 0;
  const inferred: Record<'client' | 'server', Step[]> = { client: [], server: [] };
  if (shake) {
    inferred.client.push(
      [start, 'INITIAL'],
      [shake.clientHandshake, 'HANDSHAKE'],
      [shake.connected, 'COMPLETE'],
      [shake.confirmed, 'CONFIRMED'],
    );
    const finished = shake.rows.connected;
    inferred.server.push(
      [shake.serverStart, 'INITIAL'],
      [shake.serverHandshake, 'HANDSHAKE'],
      [finished === NONE ? null : (builder.packets.arrived[finished] ?? null), 'CONFIRMED'],
    );
    for (const { up, sent, arrived } of shake.closed) {
      inferred[up ? 'client' : 'server'].push([sent, 'CLOSING']);
      inferred[up ? 'server' : 'client'].push([arrived, 'DRAINING']);
    }
  }
  for (const isClient of [true, false]) {
    const own = logs.find((one) => one.isClient === isClient);
    const told: Step[] = (own?.log.notes ?? []).flatMap((note) =>
      note.kind === 'state'
        ? [[note.time + (own?.shift ?? 0), stateName(note.label, own?.log.isTcp === true)] as const]
        : [],
    );
    addSpans(
      builder,
      flow,
      isClient ? client.node : server.node,
      told.length > 0 ? told : inferred[isClient ? 'client' : 'server'],
    );
  }
};
