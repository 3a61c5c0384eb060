import type { TraceTls } from '../../trace/tls.ts';
import type { Trace } from '../../trace/types.ts';
import { u8 } from '../../wire/bytes.ts';
import { grouped } from '../../wire/field.ts';
import { ContentType, Version } from '../../wire/tls/codes.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import type { HandshakeMessage } from '../../wire/tls/handshake/message.ts';
import { messageName, recordName } from '../../wire/tls/label.ts';
import { contentTypeName } from '../../wire/tls/names.ts';
import { RECORD_HEADER_SIZE } from '../../wire/tls/record.ts';
import { keptContents } from './contents.ts';
import { messagesWithin, recordsWithin, rowOf } from './layers.ts';
import { quicObserved } from '../quic/observer.ts';
import { passedMessages } from './messages.ts';
import { tells } from './tells.ts';

/** One thing that a wiretap without keys sees in a packet. */
export interface Sight {
  /** `ClientHello`, `ChangeCipherSpec`, or `encrypted, 1,392 bytes`. */
  readonly label: string;
  /** It can be read. */
  readonly isClear: boolean;
  /** What it gives away: names and lists in it. */
  readonly details: readonly string[];
}

const names = new WeakMap<Trace, Map<number, Map<number, HandshakeMessage>>>();

/** Messages of a flow by their rows. */
const messagesOf = (trace: Trace, flow: number): Map<number, HandshakeMessage> => {
  let flows = names.get(trace);
  if (!flows) names.set(trace, (flows = new Map<number, Map<number, HandshakeMessage>>()));
  let known = flows.get(flow);
  if (!known) {
    known = new Map<number, HandshakeMessage>();
    for (const { row, message } of passedMessages(trace, flow)) known.set(row, message);
    flows.set(flow, known);
  }
  return known;
};

/** Subject of the certificate that a simulated end shows. */
const subjectOf = (trace: Trace, flow: number, up: boolean): string | null => {
  const session = trace.flows[flow]?.tls;
  const leaf = (up ? session?.clientChain : session?.serverChain)?.sent[0];
  return leaf ? `CN=${leaf.subject.commonName}` : null;
};

/** Level and description of an alert in clear; null for any other record. */
const alertOf = (trace: Trace, tls: TraceTls, record: number): readonly [number, number] | null => {
  const { flow, up, type } = tls.records;
  if (type[record] !== ContentType.Alert) return null;
  const session = trace.flows[flow[record] as number]?.tls;
  if (session) return session.records[up[record] === 1 ? 'client' : 'server'][rowOf(tls, record)]?.alert ?? null;
  const content = keptContents(tls).record(record);
  return content?.length === 2 ? [u8(content, 0), u8(content, 1)] : null;
};

const clear = (label: string, details: readonly string[] = []): Sight => ({ label, isClear: true, details });
const hidden = (label: string): Sight => ({ label, isClear: false, details: [] });

const sightOf = (trace: Trace, tls: TraceTls, record: number, isWhole: boolean): Sight[] => {
  const { records } = tls;
  const flow = records.flow[record] as number;
  const length = records.length[record] as number;
  const type = records.type[record] as number;
  const is13 = tls.flows.find((t) => t.flow === flow)?.version === Version.Tls13;
  if (records.epoch[record] !== Epoch.Plain || type === ContentType.ApplicationData) {
    const size = `encrypted, ${grouped(length)} bytes`;
    const part = isWhole ? size : `part of a record: ${size}`;
    // TLS 1.2 leaves the content type in clear (RFC 5246 §6.2.3), 1.3 hides it (RFC 8446 §5.2).
    return [hidden(is13 || type === ContentType.ApplicationData ? part : `${contentTypeName(type)}, ${part}`)];
  }
  if (!isWhole) return [clear(`part of a record of ${grouped(length)} bytes`)];
  if (type !== ContentType.Handshake) {
    const alert = alertOf(trace, tls, record);
    return [clear(recordName({ inner: type, epoch: Epoch.Plain, size: length, isOpen: true, alert }))];
  }
  const [from, to] = messagesWithin(tls, record);
  const messages = messagesOf(trace, flow);
  const issued = subjectOf(trace, flow, records.up[record] === 1);
  const sights: Sight[] = [];
  for (let m = from; m < to; m++) {
    const message = messages.get(m);
    if (message) sights.push(clear(messageName(message).replace(/ \(SNI .*\)$/, ''), tells(message, issued)));
  }
  return sights.length > 0 ? sights : [clear('part of a handshake message')];
};

/**
 * What somebody without keys sees of a packet's TLS, record by record, in order; a record of several packets is named
 * where it ends. Of QUIC: packet by packet. Empty for a packet without either. Needs no bytes of a simulated trace.
 */
export const observed = (trace: Trace, packet: number): readonly Sight[] => {
  const datagram = quicObserved(trace, packet);
  if (datagram.length > 0) return datagram;
  const { tls } = trace;
  const payload = trace.packets.payload[packet] as number;
  if (!tls || payload === 0) return [];
  const stop = (trace.packets.offset[packet] as number) + payload;
  const { from, to } = recordsWithin(trace, tls, packet, payload);
  const sights: Sight[] = [];
  for (let r = from; r < to; r++) {
    const end = (tls.records.at[r] as number) + RECORD_HEADER_SIZE + (tls.records.length[r] as number);
    sights.push(...sightOf(trace, tls, r, end <= stop));
  }
  return sights;
};

/** The same as one line: `ClientHello (server name example.org, ALPN h2)`, `encrypted, 84 bytes`. */
export const observedText = (trace: Trace, packet: number): string =>
  observed(trace, packet)
    .map(({ label, details }) => (details.length > 0 ? `${label} (${details.join(', ')})` : label))
    .join(' · ');
