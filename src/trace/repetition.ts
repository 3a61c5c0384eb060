import { CauseKind, NONE, TcpFlag } from './types.ts';
import type { Trace } from './types.ts';

/**
 * Whether the packet's bytes, or its SYN or FIN, were sent before. A capture may know it (`nth`) though it never saw the
 * earlier copy, which was lost before the capture point. ACKs that say the same are no repetitions.
 */
export const isRepetition = (trace: Trace, packet: number): boolean => {
  const p = trace.packets;
  if (p.retransmissionOf[packet] !== NONE) return true;
  // A copy that the network made: nobody sent it again.
  if (p.causeKind[packet] === CauseKind.Sent) return false;
  // A simulated sender of QUIC names what it repeats; its `nth` counts CRYPTO datagrams of a kind, new ones too.
  if (trace.source === 'simulated' && trace.flows[p.flow[packet] as number]?.protocol === 'udp') return false;
  const takesSpace =
    (p.payload[packet] as number) > 0 || ((p.flags[packet] as number) & (TcpFlag.SYN | TcpFlag.FIN)) !== 0;
  return takesSpace && (p.nth[packet] as number) > 1;
};
