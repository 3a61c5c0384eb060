import { isProtected } from '../../packet/protected.ts';
import { quicRuns } from '../../packet/quic/flight.ts';
import type { QuicRun } from '../../packet/quic/flight.ts';
import { quicTypeName } from '../../packet/quic/label.ts';
import { QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { bytes, decimal } from '../format.ts';
import type { TagLine } from '../label/tag.ts';
import type { Theme } from '../theme.ts';
import type { Stroke } from '../types.ts';
import type { Keyed } from './keyed.ts';

/** Keys by the kind of packet (RFC 9001 §5): Initials have some that anyone can make. */
const EPOCHS: Readonly<Partial<Record<number, number>>> = {
  [QuicType.Initial]: 0,
  [QuicType.ZeroRtt]: 1,
  [QuicType.Handshake]: 2,
  [QuicType.OneRtt]: 3,
};
const KEYS = [
  'Initial: keys that anyone can make',
  '0-RTT: key of early data',
  'Handshake keys',
  '1-RTT: keys of the application',
] as const;
const OBSERVED = [KEYS[0], 'protected', 'protected', 'protected'] as const;
const MOST_LINES = 4;
/** Messages that are named; of more, the first and the last. */
const MOST_MESSAGES = 2;
/** A line's letters at most. */
const LONGEST = 44;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

/** How QUIC is shown on its arrows: colour and dash by key, packets of one kind as a line, or what a wiretap sees of it. */
export class QuicKeys implements Keyed {
  readonly #trace: Trace;
  readonly #quic: TraceQuic;
  readonly #theme: Theme;
  readonly #observed: boolean;

  constructor(trace: Trace, quic: TraceQuic, theme: Theme, observed: boolean) {
    this.#trace = trace;
    this.#quic = quic;
    this.#theme = theme;
    this.#observed = observed;
  }

  epochOf(packet: number): number | null {
    const { packets, packetsOf } = this.#quic;
    let epoch: number | null = null;
    let most = 0;
    for (let row = packetsOf[packet] ?? 0; row < (packetsOf[packet + 1] ?? 0); row++) {
      const size = packets.size[row] as number;
      if (size <= most) continue;
      most = size;
      epoch = EPOCHS[packets.type[row] as number] ?? null;
    }
    return epoch;
  }

  hides(packet: number): boolean {
    return this.#observed && isProtected(this.#trace, packet);
  }

  color(epoch: number): string {
    return this.#observed && epoch > 0 ? this.#theme.mute : (this.#theme.epochs[epoch] ?? this.#theme.data);
  }

  stroke(base: Stroke, epoch: number): Stroke {
    const s = this.#theme.scale;
    const dash = this.#observed ? [] : epoch === 1 ? [2 * s, 2.5 * s] : epoch === 2 ? [7 * s, 2.5 * s] : [];
    return { ...base, color: this.color(epoch), ...(dash.length > 0 ? { dash } : {}) };
  }

  flight(packets: readonly number[]): TagLine[] | null {
    const runs = quicRuns(this.#trace, this.#quic, packets);
    const lines = runs.map((run) => ({ text: this.#text(run), color: this.color(EPOCHS[run.type] ?? 0) }));
    if (lines.length === 0) return null;
    return lines.length > MOST_LINES
      ? [
          ...lines.slice(0, MOST_LINES - 1),
          { text: `and ${decimal(lines.length - MOST_LINES + 1)} more`, color: this.#theme.mute },
        ]
      : lines;
  }

  #text(run: QuicRun): string {
    const name = quicTypeName(run.type);
    if (this.#observed && (EPOCHS[run.type] ?? 0) > 0) return `protected, ${bytes(run.bytes)}`;
    const { messages } = run;
    const named =
      messages.length > MOST_MESSAGES ? `${messages[0] ?? ''} … ${messages.at(-1) ?? ''}` : messages.join(', ');
    const isMany = run.last > run.first;
    const number =
      run.first < 0 ? '' : isMany ? ` #${decimal(run.first)}–#${decimal(run.last)}` : ` #${decimal(run.first)}`;
    const [only] = run.streams;
    const streams =
      run.streams.size === 0
        ? ''
        : run.http !== '' && !isMany
          ? run.http
          : `${run.streams.size === 1 ? `stream ${decimal(only ?? 0)}` : `${decimal(run.streams.size)} streams`}, ${bytes(run.streamBytes)}`;
    // Tickets come along with the answer: that is what a reader looks for.
    const what =
      streams === '' ? named : run.type === QuicType.OneRtt || named === '' ? streams : `${named} + ${streams}`;
    const isNumbered = run.type === QuicType.OneRtt || run.type === QuicType.ZeroRtt;
    return cut(`${name}${isNumbered ? number : ''}${what === '' ? '' : `: ${what}`}`);
  }

  legend(packets: ArrayLike<number>): TagLine[] {
    const seen = new Set<number>();
    for (let k = 0; k < packets.length; k++) {
      const epoch = this.epochOf(packets[k] as number);
      if (epoch !== null) seen.add(epoch);
    }
    // One key needs no legend.
    if (seen.size < 2) return [];
    const said = this.#observed ? OBSERVED : KEYS;
    const texts = new Map([...seen].sort((a, b) => a - b).map((epoch) => [said[epoch] ?? '', this.color(epoch)]));
    return [...texts].map(([text, color]) => ({ text, color }));
  }
}
