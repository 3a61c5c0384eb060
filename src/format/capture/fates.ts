import { Fate } from '../../trace/types.ts';
import type { Dissection } from './dissect.ts';
import type { FrameTable } from './frames.ts';
import { sequenceLength } from './analysis.ts';
import type { Delays } from './vantage.ts';

/**
 * How each row ended, as far as the capture shows. Seen where it was going: delivered. Acknowledged before its bytes
 * were sent again, or not sent again: delivered. Sent again and only then acknowledged: lost, by inference, unless the
 * ACK answers the first copy (its timestamp echo is older than the second copy, RFC 3522) or came too early for the
 * second. Nothing tells: unknown.
 */
export const findFates = (d: Dissection, frames: FrameTable, delays: readonly Delays[]): Uint8Array => {
  const c = d.rows.columns;
  const times = frames.columns.time;
  const fates = new Uint8Array(d.rows.count).fill(Fate.Unknown);
  const timeOf = (row: number): number => times[c.frame[row] as number] as number;

  for (let row = 0; row < d.rows.count; row++) {
    const delay = delays[c.flow[row] as number];
    if (!delay || c.copy[row] === 1) continue;
    const isUp = c.upward[row] === 1;
    if (delay.both) {
      fates[row] = (c.twin[row] as number) >= 0 ? Fate.Delivered : Fate.Unknown;
    } else if (isUp ? delay.atServer : delay.atClient) fates[row] = Fate.Delivered;
    else if ((c.provenBy[row] as number) >= 0) fates[row] = Fate.Delivered;
  }
  // Now the repetitions: what became of the copy before.
  for (let row = 0; row < d.rows.count; row++) {
    const earlier = c.retransmissionOf[row] as number;
    const delay = delays[c.flow[row] as number];
    if (earlier < 0 || !delay) continue;
    const isUp = c.upward[row] === 1;
    if (delay.both) {
      if ((c.twin[earlier] as number) < 0) fates[earlier] = Fate.InferredLost;
      continue;
    }
    if (isUp ? delay.atServer : delay.atClient) continue;
    if (sequenceLength(c.flags[row] as number, c.payload[row] as number) === 0) continue;
    if (c.tcp[row] === 0) {
      // QUIC acknowledges packets, not bytes: each copy has its own proof (RFC 9000 §13.3).
      fates[earlier] = (c.provenBy[earlier] as number) >= 0 ? Fate.Delivered : Fate.InferredLost;
      continue;
    }
    const proof = provenBy(c.provenBy, c.retransmissionOf, row);
    if (proof < 0) {
      fates[earlier] = Fate.InferredLost;
      continue;
    }
    const tooEarly = timeOf(proof) - timeOf(row) < (isUp ? delay.toServer : delay.toClient);
    const echoesFirst =
      c.tsEcr[proof] !== 0 && c.tsVal[row] !== 0 && (((c.tsEcr[proof] as number) - (c.tsVal[row] as number)) | 0) < 0;
    const isFirst = proof < row || tooEarly || echoesFirst;
    fates[earlier] = isFirst ? Fate.Delivered : Fate.InferredLost;
    if (!isFirst) fates[row] = Fate.Delivered;
  }
  return fates;
};

/** The row that proved the arrival of a repeated row's bytes: it is noted at the first copy that brought them. */
export const provenBy = (proofs: Int32Array, earlier: Int32Array, row: number): number => {
  let at = row;
  for (let limit = 0; limit < 64 && at >= 0; limit++) {
    if ((proofs[at] as number) >= 0) return proofs[at] as number;
    at = earlier[at] as number;
  }
  return -1;
};
