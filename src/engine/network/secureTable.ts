import { resized, table } from '../../base/columns.ts';
import { upperBound } from '../../base/bisect.ts';
import { isUpward } from '../../trace/direction.ts';
import { tlsMessageShape, tlsRecordShape } from '../../trace/tls.ts';
import type { TlsFlow, TraceTls } from '../../trace/tls.ts';
import { labelPackets } from '../../trace/tlsLabels.ts';
import { EventKind, NONE } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { ContentType, Version } from '../../wire/tls/codes.ts';
import { suiteOf } from '../../wire/tls/crypto/suites.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import { isRetry } from '../../wire/tls/handshake/decodeMessage.ts';
import type { Extension } from '../../wire/tls/handshake/extension.ts';
import { handshakeSize } from '../../wire/tls/handshake/message.ts';
import type { ServerHello } from '../../wire/tls/handshake/message.ts';
import { messageName, recordName } from '../../wire/tls/label.ts';
import { RECORD_HEADER_SIZE } from '../../wire/tls/record.ts';
import type { Side, TlsSession } from '../../wire/tls/make/session.ts';

/** Sentences by `records.problem`. */
const SENTENCES = ['', 'the authentication tag is wrong: its bytes were changed on the way'] as const;
const DAMAGED = 1;

/** Packets that first carried the bytes of one direction, by stream offset. */
interface Carriers {
  readonly offsets: number[];
  readonly packets: number[];
}

const carriersOf = (trace: Trace): Map<string, Carriers> => {
  const found = new Map<string, Carriers>();
  const p = trace.packets;
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.payload[i] === 0 || p.hop[i] !== 0) continue;
    const key = `${String(p.flow[i])} ${String(isUpward(trace, i))}`;
    const carriers = found.get(key) ?? { offsets: [], packets: [] };
    const offset = p.offset[i] as number;
    // What was sent before is no first carrier: offsets go up.
    if (carriers.offsets.length > 0 && offset <= (carriers.offsets.at(-1) as number)) continue;
    carriers.offsets.push(offset);
    carriers.packets.push(i);
    found.set(key, carriers);
  }
  return found;
};

/** Index of the carrier of a stream byte; −1: it was never sent. */
const carrierAt = (trace: Trace, carriers: Carriers | undefined, offset: number): number => {
  if (!carriers) return -1;
  const k = upperBound(carriers.offsets, offset, carriers.offsets.length) - 1;
  const packet = carriers.packets[k] ?? NONE;
  const isThere =
    packet !== NONE && offset < (carriers.offsets[k] as number) + (trace.packets.payload[packet] as number);
  return isThere ? k : -1;
};

const extensionOf = <K extends Extension['kind']>(list: readonly Extension[] | null | undefined, kind: K) =>
  list?.find((e): e is Extract<Extension, { kind: K }> => e.kind === kind) ?? null;

const flowOf = (trace: Trace, flow: number, session: TlsSession): TlsFlow => {
  const messages = session.messages.map(({ message }) => message);
  const hello = messages.find((m): m is ServerHello => m.type === 'serverHello' && !isRetry(m.random)) ?? null;
  const client = messages.find((m) => m.type === 'clientHello');
  const encrypted = messages.find((m) => m.type === 'encryptedExtensions');
  const version = hello ? (extensionOf(hello.extensions, 'selectedVersion')?.version ?? hello.version) : null;
  const is13 = version === Version.Tls13;
  const shut = [...session.records.client, ...session.records.server].filter((r) => r.epoch !== Epoch.Plain).length;
  let secured: number | null = null;
  for (let e = 0; e < trace.eventCount && secured === null; e++) {
    const { kind, node, time } = trace.events;
    if (trace.events.flow[e] === flow && kind[e] === EventKind.Secured && node[e] === trace.flows[flow]?.client.node)
      secured = time[e] as number;
  }
  return {
    flow,
    version,
    suite: hello?.suite ?? null,
    serverName: extensionOf(client?.extensions, 'serverName')?.host ?? null,
    alpn: (extensionOf(encrypted?.extensions, 'alpn') ?? extensionOf(hello?.extensions, 'alpn'))?.protocols[0] ?? null,
    resumed:
      hello === null
        ? null
        : is13
          ? extensionOf(hello.extensions, 'selectedPsk') !== null
          : !messages.some((m) => m.type === 'serverHelloDone'),
    closed: shut,
    opened: shut,
    refusal: null,
    why: [],
    secured,
  };
};

/** What TLS sent in a run, as rows beside its packets: records, messages, and what each packet brings. */
export const secureTable = (trace: Trace): TraceTls => {
  const sessions = trace.flows.flatMap(({ tls }, flow) => (tls ? [{ flow, session: tls }] : []));
  const total = sessions.reduce((n, { session: s }) => n + s.records.client.length + s.records.server.length, 0);
  const written = sessions.reduce((n, { session }) => n + session.messages.length, 0);
  const records = table(tlsRecordShape, total);
  const messages = table(tlsMessageShape, written);
  const carriers = carriersOf(trace);
  const names: string[][] = [];
  let r = 0;
  let m = 0;

  const direction = (flow: number, session: TlsSession, side: Side): void => {
    const up = side === 'client';
    const bearing = carriers.get(`${String(flow)} ${String(up)}`);
    const own = session.messages.filter(({ from }) => from === side).map(({ message }) => message);
    let at = 0;
    let handshake = 0;
    let message = 0;
    let behind = 0;
    session.records[side].forEach((record, n) => {
      const first = carrierAt(trace, bearing, at);
      const last = carrierAt(trace, bearing, at + record.size - 1);
      records.flow[r] = flow;
      records.up[r] = up ? 1 : 0;
      records.at[r] = at;
      records.length[r] = record.size - RECORD_HEADER_SIZE;
      const hides = record.epoch !== Epoch.Plain && is13(session, record.epoch);
      records.type[r] = hides ? ContentType.ApplicationData : record.type;
      records.version[r] = up && n === 0 ? Version.Tls10 : Version.Tls12;
      records.inner[r] = record.type;
      records.epoch[r] = record.epoch;
      records.first[r] = first < 0 ? NONE : (bearing?.packets[first] as number);
      records.last[r] = last < 0 ? NONE : (bearing?.packets[last] as number);
      records.segments[r] = first < 0 || last < 0 ? 0 : last - first + 1;
      records.content[r] = -1;
      records.contentLength[r] = record.length;
      records.padding[r] = record.padding;
      records.problem[r] = record.damaged ? DAMAGED : 0;
      const inside: string[] = [];
      if (record.type === ContentType.Handshake) {
        handshake += record.length;
        for (let next = own[message]; next; next = own[message]) {
          const size = handshakeSize(next);
          if (behind + size > handshake) break;
          messages.record[m] = r;
          messages.at[m] = behind;
          messages.length[m] = size;
          m++;
          message++;
          behind += size;
          inside.push(messageName(next));
        }
      }
      if (inside.length === 0) {
        const { type: inner, epoch, length: size, alert } = record;
        inside.push(recordName({ inner, epoch, size, isOpen: true, alert }));
      }
      names.push(inside);
      at += record.size;
      r++;
    });
  };
  for (const { flow, session } of sessions) {
    direction(flow, session, 'client');
    direction(flow, session, 'server');
  }
  return {
    flows: sessions.map(({ flow, session }) => flowOf(trace, flow, session)),
    recordCount: r,
    records,
    messageCount: m,
    messages: resized(messages, tlsMessageShape, m),
    plain: new Uint8Array(0),
    sentences: SENTENCES,
    ...labelPackets(records, r, (record) => names[record] ?? [], trace.packetCount),
  };
};

/** TLS 1.3 hides the type of a protected record; early data and its handshake keys are its own (RFC 8446 §5.2). */
const is13 = (session: TlsSession, epoch: number): boolean => {
  if (epoch === Epoch.Early || epoch === Epoch.Handshake) return true;
  const hello = session.messages.find(({ message }) => message.type === 'serverHello' && !isRetry(message.random));
  return hello?.message.type === 'serverHello' && suiteOf(hello.message.suite)?.is13 === true;
};
