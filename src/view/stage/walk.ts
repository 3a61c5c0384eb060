import { NONE } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';

/** Walking the packets of a figure with the arrow keys: by time within a lane, from lane to lane. A lane is a link. */

const laneOf = (trace: Trace, packet: number): number => trace.packets.link[packet] as number;

/** The packet nearest to an instant, in the order of sending. */
export const nearest = (trace: Trace, time: number, lane: number | null = null): number => {
  const { sent } = trace.packets;
  let best = NONE;
  let distance = Infinity;
  for (let i = 0; i < trace.packetCount; i++) {
    if (lane !== null && laneOf(trace, i) !== lane) continue;
    const apart = Math.abs((sent[i] as number) - time);
    if (apart < distance) {
      distance = apart;
      best = i;
    } else if ((sent[i] as number) > time) break;
  }
  return best;
};

/** The packet after (+1) or before (−1) in the same lane; the same one at the end of the lane. */
export const alongLane = (trace: Trace, packet: number, step: 1 | -1): number => {
  const lane = laneOf(trace, packet);
  for (let i = packet + step; i >= 0 && i < trace.packetCount; i += step) {
    if (laneOf(trace, i) === lane) return i;
  }
  return packet;
};

/** The packet of the next lane up (−1) or down (+1) that was sent nearest in time; the same one where there is no lane. */
export const acrossLanes = (trace: Trace, packet: number, step: 1 | -1): number => {
  const lane = laneOf(trace, packet) + step;
  if (lane < 0 || lane >= trace.links.length) return packet;
  const found = nearest(trace, trace.packets.sent[packet] as number, lane);
  return found === NONE ? packet : found;
};
