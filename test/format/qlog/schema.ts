import * as v from 'valibot';

/**
 * What qlog 0.3 asks of a log: draft-ietf-quic-qlog-main-schema §3 for the file, draft-ietf-quic-qlog-quic-events §3 and
 * appendix A for QUIC, draft-ietf-quic-qlog-h3-events §3 and appendix A for HTTP/3. Fields that the drafts do not name may
 * be there (main schema §3.4); those that they name have their types.
 */
const uint = v.pipe(v.number(), v.integer(), v.minValue(0));
const float = v.pipe(v.number(), v.finite());
const bytes = v.pipe(v.string(), v.regex(/^([0-9a-f]{2})*$/));
const text = v.string();
const maybe = v.optional;

const token = v.looseObject({
  type: maybe(v.picklist(['retry', 'resumption', 'stateless_reset'])),
  length: maybe(uint),
  data: maybe(bytes),
});
const rawInfo = v.looseObject({ length: maybe(uint), payload_length: maybe(uint), data: maybe(bytes) });

/** Appendix A.4. A packet that has no number on the wire can log none. */
const header = v.variant('packet_type', [
  v.looseObject({
    packet_type: v.picklist(['initial', 'handshake', '0RTT', '1RTT']),
    packet_number: uint,
    token: maybe(token),
    version: maybe(bytes),
    scid: maybe(bytes),
    dcid: maybe(bytes),
  }),
  v.looseObject({
    packet_type: v.picklist(['retry', 'version_negotiation', 'stateless_reset', 'unknown']),
    version: maybe(bytes),
    scid: maybe(bytes),
    dcid: maybe(bytes),
  }),
]);

const frame = <const T extends string, E extends v.ObjectEntries>(type: T, entries: E) =>
  v.looseObject({ frame_type: v.literal(type), ...entries });
const streamType = v.picklist(['bidirectional', 'unidirectional']);
const range = v.union([v.tuple([uint]), v.tuple([uint, uint])]);

/** Appendix A.7. */
const quicFrame = v.variant('frame_type', [
  frame('padding', { length: maybe(uint), payload_length: maybe(uint) }),
  frame('ping', {}),
  frame('ack', {
    ack_delay: maybe(float),
    acked_ranges: maybe(v.array(range)),
    ect1: maybe(uint),
    ect0: maybe(uint),
    ce: maybe(uint),
  }),
  frame('reset_stream', { stream_id: uint, error_code: v.union([text, uint]), final_size: uint }),
  frame('stop_sending', { stream_id: uint, error_code: v.union([text, uint]) }),
  frame('crypto', { offset: uint, length: uint }),
  frame('new_token', { token }),
  frame('stream', { stream_id: uint, offset: uint, length: uint, fin: maybe(v.literal(true)) }),
  frame('max_data', { maximum: uint }),
  frame('max_stream_data', { stream_id: uint, maximum: uint }),
  frame('max_streams', { stream_type: streamType, maximum: uint }),
  frame('data_blocked', { limit: uint }),
  frame('stream_data_blocked', { stream_id: uint, limit: uint }),
  frame('streams_blocked', { stream_type: streamType, limit: uint }),
  frame('new_connection_id', {
    sequence_number: uint,
    retire_prior_to: uint,
    connection_id_length: maybe(uint),
    connection_id: bytes,
    stateless_reset_token: maybe(token),
  }),
  frame('retire_connection_id', { sequence_number: uint }),
  frame('path_challenge', { data: maybe(bytes) }),
  frame('path_response', { data: maybe(bytes) }),
  frame('connection_close', {
    error_space: maybe(v.picklist(['transport', 'application'])),
    error_code: maybe(v.union([text, uint])),
    raw_error_code: maybe(uint),
    reason: maybe(text),
    trigger_frame_type: maybe(v.union([uint, text])),
  }),
  frame('handshake_done', {}),
  frame('unknown', { raw_frame_type: uint }),
]);

const packet = v.looseObject({
  header,
  frames: maybe(v.array(quicFrame)),
  is_coalesced: maybe(v.boolean()),
  retry_token: maybe(token),
  stateless_reset_token: maybe(v.pipe(bytes, v.length(32))),
  supported_versions: maybe(v.array(bytes)),
  raw: maybe(rawInfo),
  datagram_id: maybe(v.pipe(uint, v.maxValue(0xffffffff))),
});

const httpHeader = v.looseObject({ name: text, value: text });
/** Appendix A.1 of the events of HTTP/3; PRIORITY_UPDATE came with a later draft. */
const httpFrame = v.variant('frame_type', [
  frame('data', {}),
  frame('headers', { headers: v.array(httpHeader) }),
  frame('cancel_push', { push_id: uint }),
  frame('settings', { settings: v.array(v.looseObject({ name: text, value: text })) }),
  frame('push_promise', { push_id: uint, headers: v.array(httpHeader) }),
  frame('goaway', { id: uint }),
  frame('max_push_id', { push_id: uint }),
  frame('priority_update', {}),
]);
const http = v.looseObject({ stream_id: uint, length: maybe(uint), frame: httpFrame, raw: maybe(rawInfo) });

const quicState = v.picklist([
  'attempted',
  'peer_validated',
  'handshake_started',
  'early_write',
  'handshake_complete',
  'handshake_confirmed',
  'closing',
  'draining',
  'closed',
]);
/** The drafts know no TCP: its states have the names that RFC 9293 §3.3.2 gives them. */
const tcpState = v.picklist([
  'closed',
  'listen',
  'syn_sent',
  'syn_received',
  'established',
  'fin_wait_1',
  'fin_wait_2',
  'close_wait',
  'closing',
  'last_ack',
  'time_wait',
]);

const events = (state: v.GenericSchema): Readonly<Record<string, v.GenericSchema>> => ({
  'connectivity:connection_started': v.looseObject({
    ip_version: maybe(v.picklist(['v4', 'v6'])),
    src_ip: text,
    dst_ip: text,
    protocol: maybe(text),
    src_port: maybe(uint),
    dst_port: maybe(uint),
  }),
  'connectivity:connection_state_updated': v.looseObject({ old: maybe(state), new: state }),
  'security:key_updated': v.looseObject({
    key_type: v.pipe(text, v.regex(/^(server|client)_(initial|handshake|0rtt|1rtt)_secret$/)),
    old: maybe(bytes),
    new: bytes,
    generation: maybe(uint),
    trigger: maybe(v.picklist(['tls', 'remote_update', 'local_update'])),
  }),
  'transport:parameters_set': v.looseObject({
    owner: maybe(v.picklist(['local', 'remote'])),
    original_destination_connection_id: maybe(bytes),
    initial_source_connection_id: maybe(bytes),
    retry_source_connection_id: maybe(bytes),
    stateless_reset_token: maybe(token),
    disable_active_migration: maybe(v.boolean()),
    max_idle_timeout: maybe(uint),
    max_udp_payload_size: maybe(uint),
    ack_delay_exponent: maybe(uint),
    max_ack_delay: maybe(uint),
    active_connection_id_limit: maybe(uint),
    initial_max_data: maybe(uint),
    initial_max_stream_data_bidi_local: maybe(uint),
    initial_max_stream_data_bidi_remote: maybe(uint),
    initial_max_stream_data_uni: maybe(uint),
    initial_max_streams_bidi: maybe(uint),
    initial_max_streams_uni: maybe(uint),
  }),
  'transport:packet_sent': packet,
  'transport:packet_received': packet,
  'recovery:metrics_updated': v.pipe(
    v.looseObject({
      smoothed_rtt: maybe(float),
      latest_rtt: maybe(float),
      rtt_variance: maybe(float),
      congestion_window: maybe(uint),
      bytes_in_flight: maybe(uint),
      ssthresh: maybe(uint),
      pacing_rate: maybe(uint),
    }),
    v.check((data) => Object.keys(data).length > 0, 'It has one metric at least (§3.4.2).'),
  ),
  'recovery:congestion_state_updated': v.looseObject({ old: maybe(text), new: v.pipe(text, v.nonEmpty()) }),
  'recovery:loss_timer_updated': v.looseObject({
    timer_type: maybe(v.picklist(['ack', 'pto'])),
    packet_number_space: maybe(v.picklist(['initial', 'handshake', 'application_data'])),
    event_type: v.picklist(['set', 'expired', 'cancelled']),
    delta: maybe(float),
  }),
  'recovery:packet_lost': v.looseObject({
    header: maybe(header),
    frames: maybe(v.array(quicFrame)),
    trigger: maybe(text),
  }),
  'http:frame_created': http,
  'http:frame_parsed': http,
  'qpack:stream_state_updated': v.looseObject({ stream_id: uint, state: v.picklist(['blocked', 'unblocked']) }),
});

/** Events of our own: the main schema lets everybody have some (§3.4). */
const OWN = /^roundtrip:/;

const event = v.looseObject({
  time: float,
  name: v.pipe(text, v.regex(/^[a-z_]+:[a-z_]+$/)),
  data: v.looseObject({}),
  group_id: maybe(v.union([text, uint])),
});

const commonFields = v.looseObject({
  time_format: maybe(v.picklist(['absolute', 'delta', 'relative'])),
  reference_time: maybe(float),
  protocol_type: maybe(v.array(text)),
  group_id: maybe(v.union([text, uint])),
});
const vantagePoint = v.looseObject({ name: maybe(text), type: v.picklist(['client', 'server', 'network', 'unknown']) });
const trace = v.looseObject({
  title: maybe(text),
  description: maybe(text),
  common_fields: maybe(commonFields),
  vantage_point: maybe(vantagePoint),
  events: v.array(event),
});
/** A file (main schema §3). */
export const qlogFile = v.looseObject({
  qlog_version: v.literal('0.3'),
  qlog_format: maybe(v.literal('JSON')),
  title: maybe(text),
  description: maybe(text),
  traces: v.pipe(v.array(trace), v.minLength(1)),
});
/** The first record of a sequence of them (main schema §6.2), and those that follow. */
export const qlogHead = v.looseObject({
  qlog_version: v.literal('0.3'),
  qlog_format: v.literal('JSON-SEQ'),
  title: maybe(text),
  trace: v.omit(trace, ['events']),
});
export const qlogEvent = event;

const known = { quic: events(quicState), tcp: events(tcpState) };

/** What is wrong with an event, in a sentence; null: nothing. */
export const faultOf = ({ name, data }: v.InferOutput<typeof event>, isTcp: boolean): string | null => {
  if (OWN.test(name)) return null;
  const schema = known[isTcp ? 'tcp' : 'quic'][name];
  if (!schema) return `${name}: the drafts have no such event`;
  const read = v.safeParse(schema, data);
  if (read.success) return null;
  const [issue] = read.issues;
  return `${name} ${v.getDotPath(issue) ?? ''}: ${issue.message} in ${JSON.stringify(data).slice(0, 200)}`;
};
