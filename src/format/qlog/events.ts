import { nanos } from '../../base/time.ts';
import { Groups } from './groups.ts';
import { Log } from './log.ts';
import type { LogHead } from './head.ts';
import { groupOf } from './head.ts';
import { EventCode } from './names.ts';
import { PacketReader, packetTypeOf, spaceOf, versionOf } from './packet.ts';
import { readRequest } from './request.ts';
import { countOf, fieldsOf, isFields, numberOf, textOf } from './values.ts';
import type { Fields, Tally } from './values.ts';

/** What was met and has no place in a trace. */
export interface Unused {
  readonly events: Tally;
  readonly frames: Tally;
}

/** Sizes of datagrams: one number, a list of `raw` (0.3), or a number and how many there were. */
const sizesOf = (data: Fields): number[] => {
  const { raw } = data;
  if (Array.isArray(raw)) return raw.map((one) => countOf(fieldsOf(one)['payload_length'] ?? fieldsOf(one)['length']));
  const size = countOf(data['byte_length'] ?? fieldsOf(raw)['payload_length'] ?? fieldsOf(raw)['length']);
  return size > 0 && countOf(data['count'], 1) <= 1 ? [size] : [];
};

const addressOf = (data: Fields, keys: readonly string[]): string => {
  for (const key of keys) {
    const text = textOf(data[key]);
    // quic-go logs the address that it listens on, which is none.
    if (text !== '' && text !== '::' && text !== '0.0.0.0') return text;
  }
  return '';
};

const dropped = new Set([
  'owner',
  'sni',
  'alpn',
  'proposed_alpn',
  'version',
  'resumption_allowed',
  'early_data_enabled',
]);

/** Parameters that name ids of the handshake: both logs have them. */
const telling = ['original_destination_connection_id', 'original_connection_id', 'retry_source_connection_id'];
/** Digits of the shortest id that a client may make up for a server (RFC 9000 §7.2). */
const LEAST_ID = 16;

/** One connection in one log, and what reads its events. */
class Connection {
  readonly log: Log;
  readonly #groups: Groups;
  readonly #packets: PacketReader;
  readonly #unused: Unused;
  /** ns of what the log counts times within an event in. */
  readonly #unit: number;
  #ptoCount = 0;

  constructor(head: LogHead, group: string, unused: Unused) {
    this.log = new Log(head, group);
    this.#groups = new Groups(this.log);
    this.#packets = new PacketReader(this.log, this.#groups, unused.frames);
    this.#unused = unused;
    this.#unit = head.clock.unit;
  }

  read(time: number, code: EventCode, data: Fields, name: string): void {
    switch (code) {
      case EventCode.PacketSent:
        this.#packets.read(time, true, data);
        break;
      case EventCode.PacketReceived:
        this.#packets.read(time, false, data);
        break;
      case EventCode.Metrics:
        this.#metrics(time, data);
        break;
      case EventCode.DatagramsSent:
        this.#groups.sent(sizesOf(data));
        break;
      case EventCode.DatagramsReceived:
        this.#groups.received(sizesOf(data));
        break;
      case EventCode.PacketLost:
        this.#lost(time, data);
        break;
      case EventCode.CongestionState:
        this.log.notes.push({ kind: 'congestion', time, label: textOf(data['new']) });
        break;
      case EventCode.State:
        this.log.notes.push({ kind: 'state', time, label: textOf(data['roundtrip_state'] ?? data['new']) });
        break;
      case EventCode.LossTimer:
        this.#timer(time, data);
        break;
      case EventCode.HttpCreated:
      case EventCode.HttpParsed:
        this.#http(time, code === EventCode.HttpCreated, data);
        break;
      case EventCode.QpackState:
        this.log.notes.push({
          kind: 'qpack',
          time,
          stream: countOf(data['stream_id']),
          isBlocked: data['state'] === 'blocked',
        });
        break;
      case EventCode.Request:
        this.log.requests.push(readRequest(data, this.#unit));
        break;
      case EventCode.Parameters:
        this.#parameters(data);
        break;
      case EventCode.Started:
        this.#started(data);
        break;
      case EventCode.KeyUpdated:
        this.#keys(time, data, name);
        break;
      case EventCode.Alpn:
        this.log.alpn = textOf(data['chosen_alpn'] ?? data['new']) || this.log.alpn;
        break;
      case EventCode.Version:
        this.log.version = versionOf(data['chosen_version']) ?? this.log.version;
        break;
      case EventCode.Closed:
        // The frame that closes it stands in a packet.
        break;
      case EventCode.Other:
        this.#unused.events.add(name);
    }
  }

  #metrics(time: number, data: Fields): void {
    const { log } = this;
    const ns = (value: unknown): number => Math.round(numberOf(value) * this.#unit);
    const cwnd = data['congestion_window'] ?? data['cwnd'];
    if (cwnd !== undefined) log.metric('cwnd', time, numberOf(cwnd));
    if (data['bytes_in_flight'] !== undefined) log.metric('inflight', time, numberOf(data['bytes_in_flight']));
    if (data['ssthresh'] !== undefined) log.metric('ssthresh', time, numberOf(data['ssthresh']));
    if (data['latest_rtt'] !== undefined) log.metric('rtt', time, ns(data['latest_rtt']));
    if (data['smoothed_rtt'] !== undefined) log.metric('srtt', time, ns(data['smoothed_rtt']));
    if (data['rtt_variance'] !== undefined) log.metric('rttvar', time, ns(data['rtt_variance']));
    if (data['pacing_rate'] !== undefined) log.metric('pacing', time, numberOf(data['pacing_rate']));
    if (data['receive_window'] !== undefined) log.metric('rcvwnd', time, numberOf(data['receive_window']));
    if (data['send_window'] !== undefined) log.metric('sndwnd', time, numberOf(data['send_window']));
    if (data['retransmission_timeout'] !== undefined) log.metric('rto', time, ns(data['retransmission_timeout']));
    const count = numberOf(data['pto_count']);
    if (count > this.#ptoCount) log.notes.push({ kind: 'timeout', time, space: 2, count, tail: false });
    if (count >= 0) this.#ptoCount = count;
  }

  #lost(time: number, data: Fields): void {
    const header = fieldsOf(data['header']);
    const number = numberOf(header['packet_number'] ?? data['packet_number']);
    const type = packetTypeOf(header['packet_type'] ?? data['packet_type']);
    if (number >= 0)
      this.log.notes.push({ kind: 'lost', time, space: spaceOf(type), number, by: textOf(data['trigger']) });
  }

  #timer(time: number, data: Fields): void {
    const type = textOf(data['timer_type']);
    if (textOf(data['event_type']) !== 'expired' || type === 'ack') return;
    const space = textOf(data['packet_number_space']);
    this.log.notes.push({
      kind: 'timeout',
      time,
      space: space === 'initial' ? 0 : space === 'handshake' ? 1 : 2,
      count: countOf(data['count'], 1),
      // RFC 8985 calls its tail-loss probe's timer PTO; TCP's other one is RTO, which the drafts have no word for.
      tail: this.log.isTcp && type === 'pto' && textOf(data['roundtrip_timer']) !== 'rto',
    });
  }

  #http(time: number, own: boolean, data: Fields): void {
    const frame = fieldsOf(data['frame']);
    const headers = frame['headers'];
    this.log.http.push({
      time,
      own,
      stream: countOf(data['stream_id']),
      type: textOf(frame['frame_type']).toLowerCase(),
      length: numberOf(data['length'] ?? data['byte_length'] ?? fieldsOf(frame['raw'])['payload_length']),
      fields: Array.isArray(headers)
        ? headers.filter(isFields).map((one) => [textOf(one['name']), textOf(one['value'])] as const)
        : [],
    });
  }

  #parameters(data: Fields): void {
    const { log } = this;
    const owner = data['owner'] === 'remote' || data['initiator'] === 'remote' ? 'remote' : 'local';
    log.alpn = textOf(data['alpn']) || textOf(data['chosen_alpn']) || log.alpn;
    log.serverName = textOf(data['sni']) || log.serverName;
    log.version ??= versionOf(data['version']);
    for (const key of telling) {
      const id = textOf(data[key]);
      if (id.length >= LEAST_ID) log.ids.add(id);
    }
    for (const [key, value] of Object.entries(data)) {
      if (dropped.has(key) || /connection_id|token|cid$/.test(key)) continue;
      if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
        log.parameters[owner].set(key, String(value));
    }
  }

  #started(data: Fields): void {
    const { log } = this;
    const local = fieldsOf(data['local']);
    const remote = fieldsOf(data['remote']);
    log.version ??= versionOf(data['quic_version']);
    log.address = {
      local: addressOf(data, ['src_ip']) || addressOf(local, ['ip_v4', 'ip_v6']),
      remote: addressOf(data, ['dst_ip']) || addressOf(remote, ['ip_v4', 'ip_v6']),
      localPort: countOf(data['src_port'] ?? local['port_v4'] ?? local['port_v6']),
      remotePort: countOf(data['dst_port'] ?? remote['port_v4'] ?? remote['port_v6']),
    };
  }

  #keys(time: number, data: Fields, name: string): void {
    const generation = numberOf(data['generation'] ?? data['key_phase']);
    const type = textOf(data['key_type']);
    if (generation > 0 && type.startsWith(this.log.head.side)) this.log.notes.push({ kind: 'keys', time, generation });
    else if (this.log.isOwn && (type === 'client_1rtt_secret' || type === 'client_0rtt_secret'))
      this.log.notes.push({ kind: 'secured', time });
    else this.#unused.events.add(name);
  }
}

/** Reads the events of one trace, which may hold several connections, each named by its group. */
export class EventReader {
  readonly #head: LogHead;
  readonly #unused: Unused;
  readonly #connections = new Map<string, Connection>();
  #last: Connection | null = null;

  constructor(head: LogHead, unused: Unused) {
    this.#head = head;
    this.#unused = unused;
  }

  /** `group`: what the event itself says of its connection, undefined where it says nothing. */
  read(time: number, code: EventCode, data: Fields, name: string, group: unknown): void {
    const key = group === undefined || group === null ? this.#head.group : groupOf(group);
    let connection = this.#last;
    if (connection?.log.group !== key) {
      connection = this.#connections.get(key) ?? null;
      if (!connection) {
        connection = new Connection(this.#head, key, this.#unused);
        this.#connections.set(key, connection);
      }
      this.#last = connection;
    }
    connection.read(nanos(time), code, data, name);
  }

  get logs(): Log[] {
    return [...this.#connections.values()].map(({ log }) => log);
  }
}
