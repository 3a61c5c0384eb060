import { packetLabel } from '../../packet/label.ts';
import { isQuic } from '../../packet/protected.ts';
import { eventSentence, proofSentence } from '../../packet/sentences.ts';
import type { Selection } from '../../session/selection.ts';
import { packetOf } from '../../session/selection.ts';
import { EventKind, NONE, SpanKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { count, msText } from '../numbers.ts';

/** What is said of a chosen span, event or delivery. */
export interface Instant {
  readonly title: string;
  /** Where it was. */
  readonly under: string;
  readonly facts: readonly (readonly [string, string])[];
  /** The packet that it is about, or NONE. */
  readonly packet: number;
}

const ms = (time: number): string => `${msText(time as Parameters<typeof msText>[0])} ms`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const place = (trace: Trace, node: number, flow: number): string =>
  [trace.nodes[node]?.name ?? '', trace.flows.length > 1 ? (trace.flows[flow]?.name ?? '') : '']
    .filter((part) => part !== '')
    .join(' · ');

const spanTitle = (trace: Trace, row: number, packet: number, observed: boolean): string => {
  const label = trace.labels[trace.spans.label[row] as number] ?? '';
  switch (trace.spans.kind[row]) {
    case SpanKind.State:
      return label;
    case SpanKind.TlsState:
      return `TLS: ${label}`;
    case SpanKind.Blocked:
      return packet === NONE ? 'Bytes wait for earlier ones' : `Bytes wait for ${packetLabel(trace, packet, observed)}`;
    case SpanKind.StreamBlocked:
      return packet === NONE
        ? `Bytes of stream ${count(trace.spans.a[row] as number)} wait for earlier ones`
        : `Bytes of stream ${count(trace.spans.a[row] as number)} wait for ${packetLabel(trace, packet, observed)}`;
    case SpanKind.FlowBlocked:
      return 'The receiver’s limit holds the sender';
    case SpanKind.Recovery:
      return label === '' ? 'Loss recovery' : capital(label);
    case SpanKind.WindowLimited:
      return 'The receiver’s window holds the sender';
    case SpanKind.Record:
      return 'A TLS record waits for its last byte';
    default:
      return capital(label);
  }
};

const eventTitle = (trace: Trace, row: number, packet: number, observed: boolean): string => {
  const e = trace.events;
  const [a, b] = [e.a[row] as number, e.b[row] as number];
  return e.kind[row] === EventKind.LossDetected && packet !== NONE
    ? proofSentence(a, packetLabel(trace, packet, observed), 0)
    : eventSentence(e.kind[row] as number, a, b);
};

const ofSpan = (trace: Trace, row: number, packet: number, observed: boolean): Instant => {
  const s = trace.spans;
  const [start, end] = [s.start[row] as number, s.end[row] as number];
  const [a, b] = [s.a[row] as number, s.b[row] as number];
  return {
    title: spanTitle(trace, row, packet, observed),
    under: place(trace, s.node[row] as number, s.flow[row] as number),
    facts: [
      ['From', ms(start)],
      ['To', end >= trace.end ? `${ms(end)}, the end of the run` : ms(end)],
      ['Lasts', ms(end - start)],
      ...(s.kind[row] === SpanKind.Blocked
        ? ([
            ['First byte missing', count(a + 1)],
            ['Bytes waiting at the end', count(b)],
          ] as const)
        : []),
      ...(s.kind[row] === SpanKind.Record ? ([['Bytes of the record', count(b)]] as const) : []),
    ],
    packet,
  };
};

/** The flow of a chosen span, event or delivery; undefined where something else is chosen. */
const flowOf = (trace: Trace, { kind, index }: Selection): number | undefined =>
  kind === 'span'
    ? trace.spans.flow[index]
    : kind === 'event'
      ? trace.events.flow[index]
      : kind === 'delivery'
        ? trace.deliveries.flow[index]
        : undefined;

/** Sentences about a selection that is no packet; null where it is one. `observed`: as far as a wiretap can tell. */
export const instantOf = (trace: Trace, selection: Selection | null, observed = false): Instant | null => {
  if (!selection) return null;
  const { index } = selection;
  const packet = packetOf(trace, selection);
  // What an end of QUIC does shows in nothing that goes by.
  if (observed && isQuic(trace, flowOf(trace, selection) ?? NONE))
    return { title: words.inside, under: words.hidden, facts: [], packet };
  switch (selection.kind) {
    case 'span':
      return index < trace.spanCount ? ofSpan(trace, index, packet, observed) : null;
    case 'event': {
      if (index >= trace.eventCount) return null;
      const e = trace.events;
      return {
        title: capital(eventTitle(trace, index, packet, observed)),
        under: place(trace, e.node[index] as number, e.flow[index] as number),
        facts: [['At', ms(e.time[index] as number)]],
        packet,
      };
    }
    case 'delivery': {
      if (index >= trace.deliveryCount) return null;
      const d = trace.deliveries;
      return {
        title: `${count(d.bytes[index] as number)} bytes reach the application`,
        under: place(trace, d.node[index] as number, d.flow[index] as number),
        facts: [
          ['At', ms(d.time[index] as number)],
          ['First byte', count((d.offset[index] as number) + 1)],
        ],
        packet,
      };
    }
    default:
      return null;
  }
};

export const words = {
  packet: (name: string): string => `Look at ${name}`,
  inside: 'Inside a host',
  hidden: 'An observer cannot tell: QUIC protects all that would show it.',
} as const;
