import { isUpward } from '../trace/direction.ts';
import type { Trace, TraceEnd, TraceFlow } from '../trace/types.ts';

export interface PacketEnds {
  readonly flow: TraceFlow;
  /** From the client to the server. */
  readonly upward: boolean;
  readonly sender: TraceEnd;
  readonly receiver: TraceEnd;
}

/** Flow, sender and receiver of a packet; null where its flow is not in the trace. */
export const packetEnds = (trace: Trace, packet: number): PacketEnds | null => {
  const flow = trace.flows[trace.packets.flow[packet] as number];
  if (!flow) return null;
  const upward = isUpward(trace, packet);
  return upward
    ? { flow, upward, sender: flow.client, receiver: flow.server }
    : { flow, upward, sender: flow.server, receiver: flow.client };
};
