import { QuicFrameIndex, QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { httpLabel } from '../http/label.ts';
import { cryptoMessages, cryptoPlace } from './crypto.ts';
import { rowsWithin } from './rows.ts';

/** Neighbouring packets of one kind, in datagrams that belong together. */
export interface QuicRun {
  /** QuicType. */
  readonly type: number;
  /** First and last packet number; −1: they have none. */
  first: number;
  last: number;
  /** Handshake messages that end in them. */
  readonly messages: string[];
  /** What HTTP says of their first datagram that it says anything of. */
  http: string;
  readonly streams: Set<number>;
  /** Bytes of streams, and of all packets. */
  streamBytes: number;
  bytes: number;
}

const fresh = (type: number): QuicRun => ({
  type,
  first: -1,
  last: -1,
  messages: [],
  http: '',
  streams: new Set(),
  streamBytes: 0,
  bytes: 0,
});

const addFrames = (trace: Trace, quic: TraceQuic, row: number, run: QuicRun): void => {
  const { kind, stream, offset, length } = quic.frames;
  const first = quic.packets.frame[row] as number;
  for (let f = first; f < first + (quic.packets.frames[row] as number); f++) {
    if (kind[f] === QuicFrameIndex.crypto) {
      const [start, end] = [offset[f] as number, (offset[f] as number) + (length[f] as number)];
      for (const one of cryptoMessages(trace, quic, cryptoPlace(trace, quic, row)))
        if (one.end > start && one.end <= end) run.messages.push(one.label);
    } else if (kind[f] === QuicFrameIndex.stream) {
      run.streams.add(stream[f] as number);
      run.streamBytes += length[f] as number;
    }
  }
};

/** The packets of these datagrams, neighbours of one kind together. */
export const quicRuns = (trace: Trace, quic: TraceQuic, datagrams: readonly number[]): QuicRun[] => {
  const runs: QuicRun[] = [];
  for (const datagram of datagrams) {
    const [from, to] = rowsWithin(trace, quic, datagram);
    for (let row = from; row < to; row++) {
      const type = quic.packets.type[row] as number;
      let run = runs.at(-1);
      if (run?.type !== type) runs.push((run = fresh(type)));
      const number = quic.packets.number[row] as number;
      if (run.first < 0) run.first = number;
      if (number >= 0) run.last = number;
      run.bytes += quic.packets.size[row] as number;
      addFrames(trace, quic, row, run);
      const carries = type === QuicType.OneRtt || type === QuicType.ZeroRtt;
      if (carries && run.http === '') run.http = httpLabel(trace, datagram);
    }
  }
  return runs;
};
