import { QuicFrameIndex } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Log } from './log.ts';
import { NumberIndex } from './numbers.ts';

const SPACES = 3;

/** Packets of a log by direction, space and number. */
export class LogIndex {
  readonly #sent: NumberIndex[] = [];
  readonly #received: NumberIndex[] = [];

  constructor(readonly log: Log) {
    const { rows, quic } = log;
    for (let space = 0; space < SPACES; space++) {
      for (const isSent of [1, 0]) {
        const numbers: number[] = [];
        const own: number[] = [];
        for (let row = 0; row < log.count; row++) {
          const number = quic.packets.number[row] as number;
          if (rows.columns.sent[row] !== isSent || rows.columns.space[row] !== space || number < 0) continue;
          numbers.push(number);
          own.push(row);
        }
        (isSent === 1 ? this.#sent : this.#received).push(new NumberIndex(numbers, own));
      }
    }
  }

  of(isSent: boolean, space: number): NumberIndex {
    return (isSent ? this.#sent : this.#received)[space] as NumberIndex;
  }
}

/** What the acknowledgements of a log tell. Times on the log's clock. */
export interface Acknowledged {
  /** When the log learned that the packet of a row was acknowledged; NaN: never. */
  readonly at: Float64Array;
  /** Least time from a packet to its acknowledgement: sent by the end that logs, and by the other. Infinity: none. */
  readonly toPeer: number;
  readonly toOwn: number;
}

/** Goes through the ACK frames of a log: what was received acknowledges what was sent, and the other way round. */
export const acknowledged = (index: LogIndex, { frames, packets, words }: TraceQuic): Acknowledged => {
  const { log } = index;
  const { time, sent, space } = log.rows.columns;
  const at = new Float64Array(log.count).fill(NaN);
  const least = [Infinity, Infinity];
  for (let row = 0; row < log.count; row++) {
    const from = packets.frame[row] as number;
    const to = from + (packets.frames[row] as number);
    for (let f = from; f < to; f++) {
      if (frames.kind[f] !== QuicFrameIndex.ack) continue;
      const own = sent[row] === 0;
      const now = time[row] as number;
      const numbers = index.of(own, space[row] as number);
      const word = frames.word[f] as number;
      const ranges = words[word + RANGES] as number;
      for (let r = 0; r < ranges; r++) {
        numbers.cover(words[word + RANGES + 1 + 2 * r] as number, words[word + RANGES + 2 + 2 * r] as number, (one) => {
          const took = now - (time[one] as number);
          if (took < 0) return;
          at[one] = now;
          const side = own ? 1 : 0;
          if (took < (least[side] as number)) least[side] = took;
        });
      }
    }
  }
  return { at, toPeer: least[1] as number, toOwn: least[0] as number };
};

/** Where the number of ranges stands among the words of an ACK (`partsOf`). */
const RANGES = 4;
