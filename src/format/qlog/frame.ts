import type { RowFrame } from '../../trace/quic/frames.ts';
import { bytesOf, countOf, numberOf, textOf } from './values.ts';
import type { Fields } from './values.ts';

/** How the log counts the delay of an ACK: ms as the drafts have it, or the field as it is sent. */
export type AckDelayUnit = 'ms' | 'field';

/** What a log cannot say, and a row must have. */
const RESET_TOKEN_BYTES = 16;
const PATH_BYTES = 8;
/** Default of ack_delay_exponent (RFC 9000 §18.2). */
const ACK_DELAY_EXPONENT = 3;

const streamOf = (frame: Fields): number => countOf(frame['stream_id'] ?? frame['id']);

/** Length of data: by itself, or as `raw` has it (0.4 and later). */
const lengthOf = (frame: Fields): number => {
  const own = frame['length'];
  if (own !== undefined) return countOf(own);
  const raw = frame['raw'];
  if (typeof raw !== 'object' || raw === null) return 0;
  const { payload_length, length } = raw as Fields;
  return countOf(payload_length ?? length);
};

const directionOf = (frame: Fields): 'bidi' | 'uni' =>
  textOf(frame['stream_type']).startsWith('uni') ? 'uni' : 'bidi';

const codeOf = (frame: Fields): number =>
  countOf(frame['error_code'] ?? frame['raw_error_code'] ?? frame['error'] ?? frame['error_code_value']);

const fixed = (value: unknown, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes.set(bytesOf(value).subarray(0, length));
  return bytes;
};

/** Ranges of an ACK from the largest down. A range is [number], [from, to] or a number; what cannot be one is left out. */
export const ackRangesOf = (frame: Fields): { smallest: number; largest: number }[] => {
  const list = frame['acked_ranges'];
  const ranges: { smallest: number; largest: number }[] = [];
  if (!Array.isArray(list)) return ranges;
  let isSorted = true;
  for (const range of list as unknown[]) {
    const pair: readonly unknown[] = Array.isArray(range) ? range : [range];
    const smallest = numberOf(pair[0]);
    const largest = pair.length > 1 ? numberOf(pair[1]) : smallest;
    if (!(smallest >= 0 && largest >= smallest && largest <= Number.MAX_SAFE_INTEGER)) continue;
    const before = ranges[ranges.length - 1];
    if (before && before.smallest <= largest) isSorted = false;
    ranges.push({ smallest, largest });
  }
  return isSorted ? ranges : ranges.sort((a, b) => b.largest - a.largest);
};

const ackOf = (frame: Fields, unit: AckDelayUnit): RowFrame | null => {
  const ranges = ackRangesOf(frame);
  if (ranges.length === 0) return null;
  const delay = numberOf(frame['ack_delay']);
  const ect0 = frame['ect0'];
  return {
    kind: 'ack',
    ranges,
    delay: Number.isNaN(delay)
      ? 0
      : unit === 'field'
        ? countOf(delay)
        : Math.round((delay * 1000) / 2 ** ACK_DELAY_EXPONENT),
    ecn: ect0 === undefined ? null : { ect0: countOf(ect0), ect1: countOf(frame['ect1']), ce: countOf(frame['ce']) },
  };
};

const closeOf = (frame: Fields): RowFrame => ({
  kind: 'connectionClose',
  code: codeOf(frame),
  frameType: textOf(frame['error_space']).startsWith('app') ? null : countOf(frame['trigger_frame_type']),
  reason: textOf(frame['reason'] ?? frame['raw_reason']),
});

type Reader = (frame: Fields, unit: AckDelayUnit) => RowFrame | null;

const readers: Readonly<Record<string, Reader>> = {
  padding: (frame) => ({ kind: 'padding', length: lengthOf(frame) }),
  ping: () => ({ kind: 'ping' }),
  ack: ackOf,
  reset_stream: (frame) => ({
    kind: 'resetStream',
    stream: streamOf(frame),
    code: codeOf(frame),
    finalSize: countOf(frame['final_size']),
  }),
  stop_sending: (frame) => ({ kind: 'stopSending', stream: streamOf(frame), code: codeOf(frame) }),
  crypto: (frame) => ({ kind: 'crypto', offset: countOf(frame['offset']), data: { length: lengthOf(frame) } }),
  new_token: (frame) => {
    const token = bytesOf(frame['token'] ?? frame['new_token']);
    return { kind: 'newToken', token: token.length > 0 ? token : { length: lengthOf(frame) } };
  },
  stream: (frame) => ({
    kind: 'stream',
    stream: streamOf(frame),
    offset: countOf(frame['offset']),
    data: { length: lengthOf(frame) },
    fin: frame['fin'] === true,
    hasLength: frame['has_length'] !== false,
  }),
  max_data: (frame) => ({ kind: 'maxData', max: countOf(frame['maximum']) }),
  max_stream_data: (frame) => ({ kind: 'maxStreamData', stream: streamOf(frame), max: countOf(frame['maximum']) }),
  max_streams: (frame) => ({ kind: 'maxStreams', direction: directionOf(frame), max: countOf(frame['maximum']) }),
  data_blocked: (frame) => ({ kind: 'dataBlocked', limit: countOf(frame['limit']) }),
  stream_data_blocked: (frame) => ({
    kind: 'streamDataBlocked',
    stream: streamOf(frame),
    limit: countOf(frame['limit']),
  }),
  streams_blocked: (frame) => ({
    kind: 'streamsBlocked',
    direction: directionOf(frame),
    limit: countOf(frame['limit']),
  }),
  new_connection_id: (frame) => ({
    kind: 'newConnectionId',
    sequence: countOf(frame['sequence_number']),
    retirePriorTo: countOf(frame['retire_prior_to'] ?? frame['retire_before']),
    id: bytesOf(frame['connection_id']),
    resetToken: fixed(frame['stateless_reset_token'] ?? frame['reset_token'], RESET_TOKEN_BYTES),
  }),
  retire_connection_id: (frame) => ({ kind: 'retireConnectionId', sequence: countOf(frame['sequence_number']) }),
  path_challenge: (frame) => ({
    kind: 'pathChallenge',
    data: fixed(frame['data'] ?? frame['path_challenge'], PATH_BYTES),
  }),
  path_response: (frame) => ({
    kind: 'pathResponse',
    data: fixed(frame['data'] ?? frame['path_response'], PATH_BYTES),
  }),
  connection_close: closeOf,
  application_close: (frame) => closeOf({ ...frame, error_space: 'application' }),
  handshake_done: () => ({ kind: 'handshakeDone' }),
  datagram: (frame) => ({
    kind: 'datagram',
    data: { length: lengthOf(frame) },
    hasLength: frame['has_length'] !== false,
  }),
  ack_frequency: (frame) => ({
    kind: 'ackFrequency',
    sequence: countOf(frame['sequence_number']),
    threshold: countOf(frame['packet_tolerance'] ?? frame['ack_eliciting_threshold']),
    maxAckDelay: countOf(frame['max_ack_delay'] ?? frame['update_max_ack_delay']),
    reordering: countOf(frame['reordering_threshold']),
  }),
  immediate_ack: () => ({ kind: 'immediateAck' }),
  time_stamp: (frame) => ({ kind: 'timeStamp', time: countOf(frame['time_stamp']) }),
};

const byType = new Map(Object.entries(readers));

/** A frame of a log; null where its type is not known here, or it says nothing. */
export const readFrame = (frame: Fields, unit: AckDelayUnit): RowFrame | null => {
  const type = frame['frame_type'];
  if (typeof type !== 'string') return null;
  const read = byType.get(type) ?? byType.get(type.toLowerCase());
  return read ? read(frame, unit) : null;
};
