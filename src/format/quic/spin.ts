import { QuicType } from '../../trace/quic/types.ts';
import type { CapturedPacket } from './packet.ts';

const SPIN = 0x20;
/** A bit that turns in more than every fourth packet is no spin bit: some ends fill it with chance (RFC 9000 §17.4). */
const LEAST_BETWEEN = 4;

/**
 * Round trips that the spin bit shows to an onlooker (RFC 9000 §17.4): from one turn of it to the next in one direction,
 * ns, by the packet that ends them. Empty where it is not used.
 */
export const spinEdges = (
  packets: readonly CapturedPacket[],
  times: (row: number) => number,
): ReadonlyMap<CapturedPacket, number> => {
  const found = new Map<CapturedPacket, number>();
  let count = 0;
  let turns = 0;
  let spin = -1;
  let turned = NaN;
  for (const packet of packets) {
    if (packet.up || packet.type !== QuicType.OneRtt) continue;
    count++;
    const now = packet.first & SPIN;
    if (spin >= 0 && now !== spin) {
      const at = times(packet.row);
      if (!Number.isNaN(turned)) found.set(packet, at - turned);
      turned = at;
      turns++;
    }
    spin = now;
  }
  if (turns * LEAST_BETWEEN > count) found.clear();
  return found;
};
