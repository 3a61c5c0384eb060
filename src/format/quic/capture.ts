import type { TraceBuilder } from '../../trace/builder.ts';
import { QuicBuilder } from '../../trace/quic/builder.ts';
import { QuicType } from '../../trace/quic/types.ts';
import type { QuicFlow, TraceQuic } from '../../trace/quic/types.ts';
import type { QuicCapture } from '../capture/assemble.ts';
import type { Dissection } from '../capture/dissect.ts';
import type { Flow } from '../capture/flows.ts';
import type { FrameTable } from '../capture/frames.ts';
import { analyse } from './analysis.ts';
import { connectFlows } from './connect.ts';
import type { Found } from './finder.ts';
import { Followed } from './follow.ts';
import type { CapturedPacket } from './packet.ts';
import { QuicRows } from './rows.ts';

/** Sentences about connections at most: more would hide the others. */
const MOST_WARNINGS = 10;

const isProtected = (type: number): boolean =>
  type === QuicType.Initial || type === QuicType.ZeroRtt || type === QuicType.Handshake || type === QuicType.OneRtt;

const plural = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;

/** What a connection came to, in numbers. */
const flowFacts = (found: Found, flow: number, secured: number | null): QuicFlow => {
  const { packets, facts, version } = found.connection;
  const shut = packets.filter(({ type }) => isProtected(type));
  const opened = shut.filter(({ frames }) => frames !== null).length;
  return {
    flow,
    version: version === 0 ? null : version,
    suite: facts.suite,
    serverName: facts.serverName,
    alpn: facts.alpn,
    resumed: facts.resumed,
    early: facts.early,
    closed: shut.length - opened,
    opened,
    secured,
    ackDelayExponent: facts.ackDelayExponent,
  };
};

/** Why packets of a connection stay closed, a sentence each. */
const closedSentences = (name: string, found: Found): string[] => {
  const counts = new Map<string, number>();
  for (const { problem } of found.connection.packets)
    if (problem !== '') counts.set(problem, (counts.get(problem) ?? 0) + 1);
  return [...counts].map(
    ([why, n]) => `${name}: ${plural(n, 'QUIC packet')} stay${n === 1 ? 's' : ''} closed: ${why}.`,
  );
};

/** Brings connections into a dissection, as flows with what their packets tell; and what plays them when it is assembled. */
export const quicCapture = (
  d: Dissection,
  frames: FrameTable,
  found: readonly Found[],
): {
  readonly dissection: Dissection;
  readonly capture: QuicCapture;
  readonly flowOf: ReadonlyMap<Found, Flow>;
} => {
  const { dissection, flowOf } = connectFlows(d, found);
  for (const [one, flow] of flowOf) analyse(one.connection, flow, dissection, frames);
  return {
    dissection,
    flowOf,
    capture: { follow: (builder, packetOf) => new QuicReplay(builder, packetOf, dissection, frames, flowOf) },
  };
};

/** Plays all connections of a capture, and then writes their packets. */
class QuicReplay {
  readonly #byFlow: (Followed | undefined)[] = [];
  /** All packets by row, and where those of a row begin. */
  readonly #packets: CapturedPacket[] = [];
  readonly #first: Int32Array;
  readonly #rowOf: Int32Array;

  constructor(
    private readonly builder: TraceBuilder,
    private readonly packetOf: Int32Array,
    d: Dissection,
    frames: FrameTable,
    private readonly flowOf: ReadonlyMap<Found, Flow>,
  ) {
    const { time } = frames.columns;
    const { frame } = d.rows.columns;
    const times = (row: number): number => time[frame[row] as number] as number;
    for (const [found, { index }] of flowOf) {
      this.#byFlow[index] = new Followed(builder, found, index, packetOf, times);
      this.#packets.push(...found.connection.packets);
    }
    this.#packets.sort((a, b) => a.row - b.row);
    this.#first = new Int32Array(packetOf.length + 1);
    let at = 0;
    for (let row = 0; row < packetOf.length; row++) {
      this.#first[row] = at;
      while (this.#packets[at]?.row === row) at++;
    }
    this.#first[packetOf.length] = at;
    this.#rowOf = new Int32Array(builder.packetCount);
    for (let row = 0; row < packetOf.length; row++) {
      const packet = packetOf[row] as number;
      if (packet >= 0) this.#rowOf[packet] = row;
    }
  }

  #packetsOf(row: number): CapturedPacket[] {
    return this.#packets.slice(this.#first[row], this.#first[row + 1]);
  }

  depart(i: number): void {
    const row = this.#rowOf[i] as number;
    this.#byFlow[this.builder.packets.flow[i] as number]?.depart(i, row, this.#packetsOf(row));
  }

  arrive(i: number): void {
    const row = this.#rowOf[i] as number;
    this.#byFlow[this.builder.packets.flow[i] as number]?.arrive(i, row, this.#packetsOf(row));
  }

  /** Packets and frames of the trace; `builder` gets its sentences. */
  finish(): TraceQuic {
    const quic = new QuicBuilder();
    const rows = new QuicRows(quic);
    const p = this.builder.packets;
    for (let i = 0; i < this.builder.packetCount; i++) {
      const row = this.#rowOf[i] as number;
      for (const packet of this.#packetsOf(row)) {
        const at = rows.add(i, packet);
        const { acked, lost } = quic.packets;
        if (packet.ackedBy >= 0) acked[at] = p.arrived[this.packetOf[packet.ackedBy] as number] as number;
        else if (packet.repeatedBy >= 0) lost[at] = p.sent[this.packetOf[packet.repeatedBy] as number] as number;
      }
    }
    for (const [found, { index }] of this.flowOf)
      quic.flows.push(flowFacts(found, index, this.#byFlow[index]?.secured ?? null));
    return quic.finish(this.builder.packetCount, rows.plain.slice());
  }
}

/** Sentences about what stays closed, the first connections' in full. */
export const closedWarnings = (
  flows: readonly { readonly name: string }[],
  flowOf: ReadonlyMap<Found, Flow>,
): string[] => {
  const all = [...flowOf].flatMap(([found, { index }]) => closedSentences(flows[index]?.name ?? '', found));
  const more = all.length - MOST_WARNINGS;
  return more > 0 ? [...all.slice(0, MOST_WARNINGS), `${String(more)} more sentences of this kind are left out.`] : all;
};
