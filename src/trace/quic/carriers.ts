import { upperBound } from '../../base/bisect.ts';
import { isUpward } from '../direction.ts';
import { NONE } from '../types.ts';
import type { Trace } from '../types.ts';
import { QuicFrameIndex } from './types.ts';

/** Stretches of one stream of one direction, as they went for the first time: apart, ascending. */
interface Lane {
  readonly from: number[];
  readonly to: number[];
  readonly rows: number[];
}

/** Finds the datagram that carried a byte of a QUIC stream first. */
export class StreamCarriers {
  /** By direction of a flow, then by stream. */
  readonly #lanes = new Map<number, Map<number, Lane>>();

  constructor(trace: Trace) {
    const { quic, packets } = trace;
    if (!quic) return;
    const { frames: f, packets: p } = quic;
    for (let row = 0; row < quic.frameCount; row++) {
      if (f.kind[row] !== QuicFrameIndex.stream || f.length[row] === 0) continue;
      const datagram = p.datagram[f.packet[row] as number] as number;
      const way = wayOf(packets.flow[datagram] as number, isUpward(trace, datagram));
      let streams = this.#lanes.get(way);
      if (!streams) this.#lanes.set(way, (streams = new Map<number, Lane>()));
      const stream = f.stream[row] as number;
      let lane = streams.get(stream);
      if (!lane) streams.set(stream, (lane = { from: [], to: [], rows: [] }));
      const end = lane.to.at(-1) ?? 0;
      const from = Math.max(end, f.offset[row] as number);
      const to = (f.offset[row] as number) + (f.length[row] as number);
      if (to <= from) continue;
      lane.from.push(from);
      lane.to.push(to);
      lane.rows.push(datagram);
    }
  }

  /** Row of the datagram that brought the byte at `offset` first; NONE where none was sent. */
  find(flow: number, up: boolean, stream: number, offset: number): number {
    const lane = this.#lanes.get(wayOf(flow, up))?.get(stream);
    if (!lane) return NONE;
    const at = upperBound(lane.from, offset, lane.from.length) - 1;
    return at >= 0 && offset < (lane.to[at] as number) ? (lane.rows[at] as number) : NONE;
  }
}

const wayOf = (flow: number, up: boolean): number => 2 * flow + (up ? 1 : 0);
