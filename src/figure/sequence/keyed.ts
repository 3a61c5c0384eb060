import type { Trace } from '../../trace/types.ts';
import type { TagLine } from '../label/tag.ts';
import type { Theme } from '../theme.ts';
import type { Stroke } from '../types.ts';
import type { drawPieces } from './pieces.ts';
import type { drawRecords } from './records.ts';

/** How encryption is shown on arrows: colour and dash by key, what a flight brings, what the colours mean. */
export interface Keyed {
  /** The key under which most of a packet's bytes go: 0 none, 1 early, 2 handshake, 3 application; null: nothing is known. */
  epochOf(packet: number): number | null;
  color(epoch: number): string;
  stroke(base: Stroke, epoch: number): Stroke;
  /** What these packets bring, a line for each key; null where there is nothing to say. */
  flight(packets: readonly number[]): TagLine[] | null;
  legend(packets: ArrayLike<number>): TagLine[];
  /** Somebody looks on, and cannot tell what this packet is: not even an ACK, or one that is sent again. */
  hides(packet: number): boolean;
}

/** How TLS and QUIC are drawn. */
export interface Drawn {
  readonly keysOf: (trace: Trace, theme: Theme, observed: boolean) => Keyed | null;
  readonly drawRecords: typeof drawRecords;
  readonly drawPieces: typeof drawPieces;
}

let drawn: Drawn | null = null;

/** Gives the ways to draw: apart, because the first picture has neither TLS nor QUIC. */
export const setDrawn = (ways: Drawn): void => {
  drawn = ways;
};

/** How a trace's TLS or QUIC is drawn; null where it has neither. Throws where nobody gave it: whoever shows a trace does before (`showInside`). */
export const drawnOf = ({ tls, quic }: Trace): Drawn | null => {
  if (!tls && !quic) return null;
  if (!drawn) throw new Error('The drawing of TLS and QUIC was not loaded before a trace of theirs was drawn.');
  return drawn;
};
