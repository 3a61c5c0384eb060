import { upperBound } from '../base/bisect.ts';
import { originalOf, packetLabel } from '../packet/label.ts';
import { isProtected, isQuic } from '../packet/protected.ts';
import { noCounts } from '../trace/pyramid.ts';
import type { TraceIndex } from '../trace/query/index.ts';
import { Fate, isLost, NONE, PacketKind, SpanKind } from '../trace/types.ts';
import { bytes, decimal, duration, instant, plural } from './format.ts';
import { areEndsHidden } from './observer.ts';
import type { LayoutInput } from './types.ts';

/** What a figure shows, in words: one paragraph, and a row for each packet, in order. */

/** State of a node's machine at an instant; '' where none is known. */
export const stateAt = (index: TraceIndex, node: number, flow: number, time: number): string => {
  const { trace } = index;
  const { rows, intervals } = index.spans(SpanKind.State);
  let name = '';
  intervals.visit(time, time, (k) => {
    const row = rows[k] as number;
    if (trace.spans.node[row] === node && trace.spans.flow[row] === flow)
      name = trace.labels[trace.spans.label[row] as number] ?? '';
  });
  return name;
};

/** Where rows of a sorted list fall into [first, stop). */
const inside = (list: Int32Array, first: number, stop: number): [number, number] => [
  upperBound(list, first - 1),
  upperBound(list, stop - 1),
];

const sentences = (input: LayoutInput): string[] => {
  const { trace, index, filter } = input;
  const { from, to } = input.viewport;
  const [first, stop] = index.pyramid.rows(from, to);
  const said: string[] = [];
  const counts = noCounts();
  const parts: string[] = [];
  let lost = 0;
  let again = 0;
  trace.links.forEach((link, l) => {
    index.pyramid.count(l, first, stop, counts, filter.flow);
    lost += counts.lost;
    again += counts.retransmitted;
    if (counts.packets > 0)
      parts.push(
        `${trace.nodes[link.from]?.name ?? 'one end'} sends ${plural(counts.packets, 'packet')}` +
          (counts.payload > 0 ? ` with ${bytes(counts.payload)} of payload` : ''),
      );
  });
  said.push(
    parts.length > 0
      ? `Between ${instant(from)} and ${instant(to)}: ${parts.join(', ')}.`
      : `Between ${instant(from)} and ${instant(to)} nothing is sent.`,
  );
  const cut = cutsIn(input);
  if (cut !== '') said.push(cut);
  if (lost > 0 || again > 0) said.push(lossSentence(input, first, stop, lost, again));
  const waiting = areEndsHidden(input) ? '' : waitingSentence(input);
  if (waiting !== '') said.push(waiting);
  if (!areEndsHidden(input) && (filter.flow !== null || trace.flows.length === 1)) {
    const flow = trace.flows[filter.flow ?? 0];
    const end = Math.min(to, trace.end);
    const states = flow
      ? ([flow.server, flow.client] as const).flatMap(({ node }) => {
          const state = stateAt(index, node, filter.flow ?? 0, end);
          return state === '' ? [] : [`${trace.nodes[node]?.name ?? ''} ${state}`];
        })
      : [];
    if (states.length > 0) said.push(`At the end of it: ${states.join(', ')}.`);
  }
  return said;
};

/** What the time axis leaves out of the visible range. */
const cutsIn = ({ viewport: { cuts = [], from, to } }: LayoutInput): string => {
  const seen = cuts.filter((cut) => cut.from < to && cut.to > from);
  if (seen.length === 0) return '';
  const total = seen.reduce((sum, cut) => sum + cut.to - cut.from, 0);
  return `Nothing happens for ${duration(total)} of it, which the time axis leaves out.`;
};

/** Few losses are named, many are counted. */
const NAMED = 4;

const lossSentence = (input: LayoutInput, first: number, stop: number, lost: number, again: number): string => {
  const { trace, index, filter } = input;
  const list = index.rare.lost;
  const [a, b] = inside(list, first, stop);
  const names: string[] = [];
  for (let k = a; k < b && names.length <= NAMED && lost <= NAMED; k++) {
    const i = list[k] as number;
    if (filter.flow === null || trace.packets.flow[i] === filter.flow)
      names.push(packetLabel(trace, i, filter.observer));
  }
  const what = lost === 0 ? 'none is lost' : `${decimal(lost)} ${lost === 1 ? 'is' : 'are'} lost`;
  const told = `Of these ${what}${names.length > 0 ? ` (${names.join(', ')})` : ''}`;
  if (areEndsHidden(input)) return `${told}; what is sent again, an observer cannot tell.`;
  return `${told}, ${decimal(again)} ${again === 1 ? 'is' : 'are'} sent again.`;
};

/** So many stretches of waiting are looked at; beyond, the sentence says "at least". */
const MOST_SPANS = 2000;

const waitingSentence = (input: LayoutInput): string => {
  const { trace, index, filter } = input;
  const { rows, intervals } = index.spans(SpanKind.Blocked);
  const s = trace.spans;
  let total = 0;
  let count = 0;
  let packet: number = NONE;
  intervals.visit(input.viewport.from, input.viewport.to, (k) => {
    const row = rows[k] as number;
    if (filter.flow !== null && s.flow[row] !== filter.flow) return true;
    total += (s.end[row] as number) - (s.start[row] as number);
    if (packet === NONE) packet = s.packet[row] as number;
    return ++count < MOST_SPANS;
  });
  if (count === 0) return '';
  const what = packet === NONE ? 'earlier bytes' : packetLabel(trace, originalOf(trace, packet), filter.observer);
  const more = count > 1 ? ` and ${decimal(count - 1)} more` : '';
  return `Bytes that arrived wait for ${what}${more}: ${count >= MOST_SPANS ? 'at least ' : ''}${duration(total)}.`;
};

/** One paragraph on what is to be seen in the visible range. */
export const rangeSummary = (input: LayoutInput): string => sentences(input).join(' ');

/** A packet as a row of the text table. */
export interface PacketRow {
  readonly packet: number;
  /** ns. */
  readonly time: number;
  readonly direction: string;
  readonly name: string;
  /** What became of it. */
  readonly effect: string;
  /** The sender's state when it was sent. */
  readonly state: string;
}

const deaths: Readonly<Record<number, string>> = {
  [Fate.QueueFull]: 'lost: the queue is full',
  [Fate.Touched]: 'lost by your hand',
  [Fate.TooLarge]: 'lost: larger than the link carries',
  [Fate.InferredLost]: 'lost, as what follows shows',
};

/** What became of a packet. */
export const fateWords = (index: TraceIndex, i: number): string => {
  const { packets: p, links, nodes } = index.trace;
  const fate = p.fate[i] as number;
  if (isLost(fate)) return deaths[fate] ?? 'lost on the wire';
  if (fate === Fate.InFlight) return 'still on its way at the end';
  if (fate === Fate.Unknown) return 'seen; its arrival was not';
  const at = `arrives ${instant(p.arrived[i] as number)}`;
  const blocked = p.kind[i] === PacketKind.Data && index.isBlocked(i);
  if (!blocked) return at;
  const to = nodes[links[p.link[i] as number]?.to ?? 0]?.name ?? 'the receiver';
  return `${at}, waits at ${to} for earlier bytes`;
};

/** Whether what a packet is for cannot be told: it is `observed` by somebody without keys. */
export const isHidden = (index: TraceIndex, i: number, observed: boolean): boolean =>
  observed && isProtected(index.trace, i);

const effectOf = (index: TraceIndex, i: number, observed: boolean): string => {
  const { packets: p } = index.trace;
  const isAgain = p.retransmissionOf[i] !== NONE && p.payload[i] !== 0 && !isHidden(index, i, observed);
  return (isAgain ? 'sent again, ' : '') + fateWords(index, i);
};

/** `observed`: no more than somebody without keys can tell of it. */
export const packetRow = (index: TraceIndex, i: number, observed = false): PacketRow => {
  const { packets: p, links, nodes } = index.trace;
  const link = links[p.link[i] as number];
  const from = link?.from ?? 0;
  const flow = p.flow[i] as number;
  const time = p.sent[i] as number;
  return {
    packet: i,
    time,
    direction: `${nodes[from]?.name ?? '?'} to ${nodes[link?.to ?? 0]?.name ?? '?'}`,
    name: packetLabel(index.trace, i, observed) + (p.payload[i] === 0 ? '' : ` · ${decimal(p.payload[i] as number)} B`),
    effect: effectOf(index, i, observed),
    state: observed && isQuic(index.trace, flow) ? '' : stateAt(index, from, flow, time),
  };
};

/** Packets sent in the visible range that pass the filter, in order, from the `skip`-th, at most `limit`. */
export const textRows = (input: LayoutInput, skip = 0, limit = 200): PacketRow[] => {
  const { index, filter, trace } = input;
  const [first, stop] = index.pyramid.rows(input.viewport.from, input.viewport.to);
  const rows: PacketRow[] = [];
  let seen = 0;
  for (let i = first; i < stop && rows.length < limit; i++) {
    if (filter.flow !== null && trace.packets.flow[i] !== filter.flow) continue;
    if (!filter.acks && trace.packets.kind[i] === PacketKind.Ack) continue;
    if (seen++ >= skip) rows.push(packetRow(index, i, filter.observer));
  }
  return rows;
};
