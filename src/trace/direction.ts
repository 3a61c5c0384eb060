import { CauseKind, NONE } from './types.ts';
import type { Trace } from './types.ts';

/** Row of the packet as its own host sent it: a router's copy leads back to it through its causes. */
export const firstHop = (trace: Trace, packet: number): number => {
  const p = trace.packets;
  let row = packet;
  for (let left = p.hop[packet] as number; left > 0; left--) {
    if (p.causeKind[row] !== CauseKind.Arrival || p.cause[row] === NONE) break;
    row = p.cause[row] as number;
  }
  return row;
};

/** Whether a packet goes from its flow's client to the server ("up"). */
export const isUpward = (trace: Trace, packet: number): boolean => {
  const flow = trace.flows[trace.packets.flow[packet] as number];
  const link = trace.links[trace.packets.link[firstHop(trace, packet)] as number];
  return flow !== undefined && link !== undefined && link.from === flow.client.node;
};
