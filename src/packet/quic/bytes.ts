import { explain } from '../../base/result.ts';
import type { Trace } from '../../trace/types.ts';
import { madeQuic } from '../made.ts';
import { rowsWithin } from './rows.ts';
import { sentPacket } from './sent.ts';

/** The UDP payload of a simulated datagram: the packets that share it. `prepareBytes` goes before. */
export const quicBytes = (trace: Trace, packet: number): Uint8Array => {
  const { quic } = trace;
  const made = madeQuic(trace, trace.packets.flow[packet] as number);
  if (!quic || made === null)
    throw new Error('The bytes of QUIC are asked for before they are prepared (prepareBytes).');
  const [from, to] = rowsWithin(trace, quic, packet);
  const pieces: Uint8Array[] = [];
  for (let row = from; row < to; row++) {
    const sent = sentPacket(trace, quic, row);
    if (sent === null) continue;
    const bytes = made.packet(sent);
    if (!bytes.ok) throw new Error(`Packet ${String(row)} cannot be made: ${explain(bytes.problems)}.`);
    pieces.push(bytes.value);
  }
  const payload = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    payload.set(piece, at);
    at += piece.length;
  }
  return payload;
};
