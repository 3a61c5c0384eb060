import { NS_PER_MS } from '../../../base/time.ts';
import type { Trace, TraceRequest } from '../../../trace/types.ts';
import type { Told } from './events.ts';

/** Bytes of an answer that the client's application was handed, where nothing but the stream brought it. */
const handedOver = (trace: Trace, { flow, responseOffset, responseBytes }: TraceRequest): number => {
  const { deliveries: d } = trace;
  const client = trace.flows[flow]?.client.node;
  let bytes = 0;
  for (let i = 0; i < trace.deliveryCount; i++) {
    if (d.flow[i] !== flow || d.node[i] !== client) continue;
    const from = d.offset[i] as number;
    const to = Math.min(from + (d.bytes[i] as number), responseOffset + responseBytes);
    bytes += Math.max(0, to - Math.max(from, responseOffset));
  }
  return bytes;
};

/**
 * Requests as the trace knows them, for whoever reads the log again: `roundtrip:request`, an event of our own, in the
 * client's log. It stands at the instant at which the answer was complete.
 */
export const requestEvents = (trace: Trace, flow: number, side: 'client' | 'server'): Told[] => {
  if (side !== 'client') return [];
  const ms = (time: number | null): number | null => (time === null ? null : time / NS_PER_MS);
  return trace.requests
    .filter((request) => request.flow === flow)
    .map((request) => ({
      time: request.completion ?? trace.end,
      name: 'roundtrip:request',
      data: () => ({
        id: request.id,
        path: request.path,
        sent: ms(request.sent),
        first_byte: ms(request.firstByte),
        completion: ms(request.completion),
        request_offset: request.requestOffset,
        request_length: request.requestBytes,
        response_offset: request.responseOffset,
        response_length: request.responseBytes,
        delivered: request.delivered ?? handedOver(trace, request),
        ...(request.index === undefined ? {} : { index: request.index }),
        ...(request.stream === undefined ? {} : { stream_id: request.stream }),
        ...(request.stretches === undefined ? {} : { stretches: request.stretches }),
      }),
    }));
};
