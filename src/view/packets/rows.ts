import { packetEnds } from '../../packet/direction.ts';
import { isRetransmission, packetLabel } from '../../packet/label.ts';
import { isProtected, isQuic } from '../../packet/protected.ts';
import { stateSpanAt } from '../../session/moment.ts';
import { traceIndex } from '../../trace/query/index.ts';
import { Fate, isLost, NONE, PacketKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { count, msText } from '../numbers.ts';
import { words } from './Packets.words.ts';

/** One row of the text table: what the figure shows, in words. */
export interface PacketRow {
  readonly packet: number;
  readonly time: string;
  /** "server → client". */
  readonly direction: string;
  readonly up: boolean;
  readonly label: string;
  readonly effect: string;
  /** State of the sender when it was sent. */
  readonly state: string;
  /** Token of the colour that the figure has for it. */
  readonly tone: 'data' | 'ack' | 'control' | 'lost' | 'repair' | 'mute';
}

const effectOf = (trace: Trace, i: number): string => {
  const p = trace.packets;
  switch (p.fate[i]) {
    case Fate.LostOnWire:
    case Fate.LostAtArrival:
      return words.lost;
    case Fate.TooLarge:
      return words.tooLarge;
    case Fate.QueueFull:
      return words.queueFull;
    case Fate.Touched:
      return words.dropped;
    case Fate.InferredLost:
      return words.inferred;
    case Fate.InFlight:
      return words.underway;
    case Fate.Unknown:
      return (p.payload[i] as number) > 0 ? words.bytes(count(p.payload[i] as number)) : '';
    default:
      return traceIndex(trace).isBlocked(i)
        ? words.waits(msText(p.arrived[i] as Parameters<typeof msText>[0]))
        : words.arrives(msText(p.arrived[i] as Parameters<typeof msText>[0]));
  }
};

const toneOf = (trace: Trace, i: number, isHidden: boolean): PacketRow['tone'] => {
  const p = trace.packets;
  if (isLost(p.fate[i] as number)) return 'lost';
  if (isHidden) return 'mute';
  if (p.kind[i] === PacketKind.Data) return isRetransmission(trace, i) ? 'repair' : 'data';
  return p.kind[i] === PacketKind.Ack ? 'ack' : 'control';
};

/** `observed`: no more than somebody without keys can tell of it. */
export const packetRow = (trace: Trace, i: number, observed = false): PacketRow => {
  const p = trace.packets;
  const isHidden = observed && isProtected(trace, i);
  const ends = packetEnds(trace, i);
  const name = (node: number): string => (trace.nodes[node]?.name ?? '').toLowerCase();
  const from = ends?.sender.node ?? 0;
  const flow = p.flow[i] as number;
  const span = observed && isQuic(trace, flow) ? NONE : stateSpanAt(trace, from, flow, p.sent[i] as number);
  return {
    packet: i,
    time: msText(p.sent[i] as Parameters<typeof msText>[0]),
    direction: ends ? `${name(from)} → ${name(ends.receiver.node)}` : '',
    up: ends?.upward ?? false,
    label: packetLabel(trace, i, observed),
    effect: effectOf(trace, i),
    state: span < 0 ? '' : (trace.labels[trace.spans.label[span] as number] ?? ''),
    tone: toneOf(trace, i, isHidden),
  };
};

/** Kinds that the filter knows by word. */
const kinds: Readonly<Record<string, (trace: Trace, i: number) => boolean>> = {
  lost: (trace, i) => isLost(trace.packets.fate[i] as number),
  again: (trace, i) => trace.packets.retransmissionOf[i] !== NONE,
  ack: (trace, i) => trace.packets.kind[i] === PacketKind.Ack,
  data: (trace, i) => (trace.packets.payload[i] as number) > 0,
  syn: (trace, i) => trace.packets.kind[i] === PacketKind.Syn,
  fin: (trace, i) => trace.packets.kind[i] === PacketKind.Fin || ((trace.packets.flags[i] as number) & 1) !== 0,
  rst: (trace, i) => trace.packets.kind[i] === PacketKind.Rst,
  waiting: (trace, i) => traceIndex(trace).isBlocked(i),
  up: (trace, i) => packetEnds(trace, i)?.upward === true,
  down: (trace, i) => packetEnds(trace, i)?.upward === false,
};
export const filterWords: readonly string[] = Object.keys(kinds);

/** Of these kinds nobody without keys can tell whether a packet of QUIC is one. */
const untold: ReadonlySet<string> = new Set(['again', 'ack']);

/**
 * Rows that match every word of a filter: a kind, a state (`state:ESTABLISHED`), a packet's name or number. All for none.
 * `observed`: what a wiretap cannot tell matches nothing.
 */
export const matching = (trace: Trace, filter: string, observed = false): Int32Array | null => {
  const asked = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (asked.length === 0) return null;
  const tests = asked.map((word) => testOf(trace, word, observed));
  const found: number[] = [];
  for (let i = 0; i < trace.packetCount; i++) if (tests.every((test) => test(i))) found.push(i);
  return Int32Array.from(found);
};

const testOf = (trace: Trace, word: string, observed: boolean): ((i: number) => boolean) => {
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  if (kind) {
    const isHidden = observed && untold.has(word);
    return (i) => !(isHidden && isProtected(trace, i)) && kind(trace, i);
  }
  if (word.startsWith('state:')) {
    const [end, wanted = end] = word.slice(6).split('/').reverse().reverse();
    const node = word.slice(6).includes('/') ? trace.nodes.findIndex((n) => n.name.toLowerCase() === end) : -1;
    return (i) => {
      const sender = packetEnds(trace, i)?.sender.node ?? 0;
      if (node >= 0 && sender !== node) return false;
      if (observed && isQuic(trace, trace.packets.flow[i] as number)) return false;
      const span = stateSpanAt(trace, sender, trace.packets.flow[i] as number, trace.packets.sent[i] as number);
      return span >= 0 && trace.labels[trace.spans.label[span] as number]?.toLowerCase() === wanted;
    };
  }
  const name = /^\d+$/.test(word) ? `#${word}` : word;
  return (i) =>
    packetLabel(trace, i, observed)
      .toLowerCase()
      .split(/[:,]? /)
      .includes(name);
};
