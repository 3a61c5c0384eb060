import { firstHop } from '../../trace/direction.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import { CauseKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';

const NONE = new Uint8Array(0);

/** A row of `blobs`. */
export const blobAt = (quic: TraceQuic, row: number | undefined): Uint8Array => quic.blobs[row ?? 0] ?? NONE;

/** Rows [from, to) of the packets in a datagram; what a router or the network made of it has those of the first. */
export const rowsWithin = (trace: Trace, quic: TraceQuic, packet: number): readonly [from: number, to: number] => {
  const { causeKind, cause } = trace.packets;
  let first = firstHop(trace, packet);
  const isEmpty = (row: number): boolean => quic.packetsOf[row] === quic.packetsOf[row + 1];
  if (isEmpty(first) && causeKind[first] === CauseKind.Sent) first = firstHop(trace, cause[first] as number);
  return [quic.packetsOf[first] ?? 0, quic.packetsOf[first + 1] ?? 0];
};
