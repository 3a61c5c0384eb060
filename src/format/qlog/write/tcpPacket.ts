import type { Steps } from '../../../base/steps.ts';
import { isUpward } from '../../../trace/direction.ts';
import { isLost, TcpFlag } from '../../../trace/types.ts';
import type { Trace } from '../../../trace/types.ts';
import type { Fields } from '../values.ts';

const IPV4 = 20;
const IPV6 = 40;

const flagNames = (flags: number): string[] =>
  Object.entries(TcpFlag).flatMap(([name, bit]) => ((flags & bit) !== 0 ? [name.toLowerCase()] : []));

/** A data packet that waits for its acknowledgement. */
interface Pending {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Packets of one TCP flow with what qlog has no names for put as QUIC has it, so that its tools draw it: packets are
 * numbered in the order in which each end sent them, payload stands in a frame `stream`, and what an ACK newly
 * acknowledges in a frame `ack`.
 */
export class TcpPackets {
  /** Number of each packet of this flow in its direction, by row. */
  readonly numbers = new Map<number, number>();
  readonly #acked = new Map<number, readonly [number, number][]>();
  readonly #trace: Trace;
  readonly #ip: number;

  constructor(trace: Trace, flow: number) {
    this.#trace = trace;
    const ends = trace.flows[flow];
    this.#ip = ends?.client.address.includes(':') === true ? IPV6 : IPV4;
  }

  /** Numbers the packets and sees what each acknowledges, before any is told. */
  *read(flow: number): Steps<void> {
    const trace = this.#trace;
    const { packets: p } = trace;
    const ends = trace.flows[flow];
    const counts = { up: 0, down: 0 };
    const pending: { up: Pending[]; down: Pending[] } = { up: [], down: [] };
    for (let i = 0; i < trace.packetCount; i++) {
      if (p.flow[i] !== flow || p.hop[i] !== 0) continue;
      yield i / trace.packetCount;
      const way = isUpward(trace, i) ? 'up' : 'down';
      const number = counts[way]++;
      this.numbers.set(i, number);
      const payload = p.payload[i] as number;
      const offset = p.offset[i] as number;
      if (payload > 0 && !isLost(p.fate[i] as number))
        pending[way].push({ number, from: offset, to: offset + payload });
      if (((p.flags[i] as number) & TcpFlag.ACK) === 0) continue;
      const other = way === 'up' ? 'down' : 'up';
      const isn = (other === 'up' ? ends?.client.isn : ends?.server.isn) ?? null;
      if (isn === null) continue;
      const covered = this.#covered(i, isn);
      const newly = pending[other].filter((one) => covered(one));
      if (newly.length === 0) continue;
      pending[other] = pending[other].filter((one) => !covered(one));
      this.#acked.set(i, rangesOf(newly.map((one) => one.number)));
    }
  }

  /** Whether a packet's bytes are within what packet `i` acknowledges, SACK blocks included. */
  #covered(i: number, isn: number): (one: Pending) => boolean {
    const { packets: p, optionWords } = this.#trace;
    // Offsets are below 4 GB in any run: a difference of sequence numbers is one.
    const offset = (seq: number): number => (seq - isn - 1) >>> 0;
    const upTo = offset(p.ack[i] as number);
    const row = p.sack[i] as number;
    const blocks: [number, number][] = [];
    for (let k = 0; row >= 0 && k < (optionWords[row] as number); k++)
      blocks.push([offset(optionWords[row + 1 + 2 * k] as number), offset(optionWords[row + 2 + 2 * k] as number)]);
    return ({ from, to }) => to <= upTo || blocks.some(([left, right]) => from >= left && to <= right);
  }

  fields(i: number): Fields {
    const { packets: p } = this.#trace;
    const flags = p.flags[i] as number;
    const payload = p.payload[i] as number;
    const acked = this.#acked.get(i);
    return {
      header: {
        packet_type: '1RTT',
        packet_number: this.numbers.get(i) ?? 0,
        sequence_number: p.seq[i],
        acknowledgement_number: p.ack[i],
        flags: flagNames(flags),
        window: p.window[i],
        ...(p.ecn[i] === 0 ? {} : { ecn: p.ecn[i] }),
      },
      raw: { length: (p.size[i] as number) - this.#ip, payload_length: payload },
      frames: [
        ...(acked ? [{ frame_type: 'ack', ack_delay: 0, acked_ranges: acked }] : []),
        ...(payload > 0
          ? [
              {
                frame_type: 'stream',
                stream_id: 0,
                offset: p.offset[i],
                length: payload,
                ...((flags & TcpFlag.FIN) !== 0 ? { fin: true } : {}),
              },
            ]
          : []),
      ],
    };
  }
}

const rangesOf = (numbers: readonly number[]): [number, number][] => {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges[ranges.length - 1];
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
};
