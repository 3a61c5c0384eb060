import type { RowFrame } from '../../../trace/quic/frames.ts';
import { hexOf } from '../values.ts';
import type { Fields } from '../values.ts';

const sized = (data: { readonly length: number }): { readonly length: number } => ({ length: data.length });
const types = { bidi: 'bidirectional', uni: 'unidirectional' } as const;

/** A frame as draft-ietf-quic-qlog-quic-events has it (version 0.3). `exponent`: ack_delay_exponent of its sender. */
export const frameFields = (frame: RowFrame, exponent: number): Fields => {
  switch (frame.kind) {
    case 'padding':
      return { frame_type: 'padding', length: frame.length };
    case 'ping':
      return { frame_type: 'ping' };
    case 'ack':
      return {
        frame_type: 'ack',
        ack_delay: (frame.delay * 2 ** exponent) / 1000,
        acked_ranges: frame.ranges.map(({ smallest, largest }) => [smallest, largest]),
        ...(frame.ecn ?? {}),
      };
    case 'resetStream':
      return {
        frame_type: 'reset_stream',
        stream_id: frame.stream,
        error_code: frame.code,
        final_size: frame.finalSize,
      };
    case 'stopSending':
      return { frame_type: 'stop_sending', stream_id: frame.stream, error_code: frame.code };
    case 'crypto':
      return { frame_type: 'crypto', offset: frame.offset, ...sized(frame.data) };
    case 'newToken':
      return {
        frame_type: 'new_token',
        length: frame.token.length,
        token: frame.token instanceof Uint8Array ? { data: hexOf(frame.token) } : {},
      };
    case 'stream':
      return {
        frame_type: 'stream',
        stream_id: frame.stream,
        offset: frame.offset,
        ...sized(frame.data),
        ...(frame.fin ? { fin: true } : {}),
      };
    case 'maxData':
      return { frame_type: 'max_data', maximum: frame.max };
    case 'maxStreamData':
      return { frame_type: 'max_stream_data', stream_id: frame.stream, maximum: frame.max };
    case 'maxStreams':
      return { frame_type: 'max_streams', stream_type: types[frame.direction], maximum: frame.max };
    case 'dataBlocked':
      return { frame_type: 'data_blocked', limit: frame.limit };
    case 'streamDataBlocked':
      return { frame_type: 'stream_data_blocked', stream_id: frame.stream, limit: frame.limit };
    case 'streamsBlocked':
      return { frame_type: 'streams_blocked', stream_type: types[frame.direction], limit: frame.limit };
    case 'newConnectionId':
      return {
        frame_type: 'new_connection_id',
        sequence_number: frame.sequence,
        retire_prior_to: frame.retirePriorTo,
        connection_id_length: frame.id.length,
        connection_id: hexOf(frame.id),
        stateless_reset_token: { data: hexOf(frame.resetToken) },
      };
    case 'retireConnectionId':
      return { frame_type: 'retire_connection_id', sequence_number: frame.sequence };
    case 'pathChallenge':
      return { frame_type: 'path_challenge', data: hexOf(frame.data) };
    case 'pathResponse':
      return { frame_type: 'path_response', data: hexOf(frame.data) };
    case 'connectionClose':
      return {
        frame_type: 'connection_close',
        error_space: frame.frameType === null ? 'application' : 'transport',
        error_code: frame.code,
        ...(frame.reason === '' ? {} : { reason: frame.reason }),
        ...(frame.frameType === null ? {} : { trigger_frame_type: frame.frameType }),
      };
    case 'handshakeDone':
      return { frame_type: 'handshake_done' };
    case 'datagram':
      return { frame_type: 'datagram', ...sized(frame.data) };
    case 'ackFrequency':
      return {
        frame_type: 'ack_frequency',
        sequence_number: frame.sequence,
        ack_eliciting_threshold: frame.threshold,
        max_ack_delay: frame.maxAckDelay,
        reordering_threshold: frame.reordering,
      };
    case 'immediateAck':
      return { frame_type: 'immediate_ack' };
    case 'timeStamp':
      return { frame_type: 'time_stamp', time_stamp: frame.time };
  }
};
