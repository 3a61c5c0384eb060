import { EventKind } from '../../trace/types.ts';
import type { Trace, TraceFlow } from '../../trace/types.ts';
import type { QuicFlow, TraceQuic } from '../../trace/quic/types.ts';
import type { QuicLog } from '../protocol/quic/log.ts';
import { limitsOf } from '../protocol/quic/parameters.ts';
import type { QuicConnector } from './quicConnector.ts';

/** What the handshake messages of a connection came to. */
const agreed = (log: QuicLog): Pick<QuicFlow, 'suite' | 'serverName' | 'alpn' | 'resumed'> => {
  let suite: number | null = null;
  let resumed: boolean | null = null;
  let serverName: string | null = null;
  let alpn: string | null = null;
  for (const { message } of log.messages) {
    if (!('extensions' in message)) continue;
    for (const one of message.extensions ?? []) {
      if (one.kind === 'serverName' && message.type === 'clientHello') serverName = one.host;
      if (one.kind === 'alpn' && message.type === 'encryptedExtensions') alpn = one.protocols[0] ?? null;
    }
    if (message.type !== 'serverHello') continue;
    suite = message.suite;
    resumed = (message.extensions ?? []).some(({ kind }) => kind === 'selectedPsk');
  }
  return { suite, serverName, alpn, resumed };
};

const firstEvent = (trace: Trace, flow: number, kind: number, node: number): number | null => {
  const { events: e } = trace;
  for (let i = 0; i < trace.eventCount; i++)
    if (e.kind[i] === kind && e.flow[i] === flow && e.node[i] === node) return i;
  return null;
};

/** QUIC of a run: its packets and frames, and what each connection came to. */
export const quicTable = (trace: Trace, connector: QuicConnector): TraceQuic => {
  const { quic } = connector;
  for (const { flow, log, client } of connector.links) {
    const node = (trace.flows[flow] as TraceFlow).client.node;
    const early = firstEvent(trace, flow, EventKind.EarlyData, node);
    const secured = firstEvent(trace, flow, EventKind.Secured, node);
    const exponent = (side: 'client' | 'server'): number =>
      log.parameters[side].length > 0 ? limitsOf(log.parameters[side]).ackDelayExponent : 3;
    quic.flows.push({
      flow,
      version: client.connection.core.version,
      ...agreed(log),
      early: early === null ? null : trace.events.a[early] === 1 ? 'accepted' : 'rejected',
      closed: 0,
      opened: 0,
      secured: secured === null ? null : (trace.events.time[secured] as number),
      ackDelayExponent: { client: exponent('client'), server: exponent('server') },
    });
  }
  return quic.finish(trace.packetCount);
};
