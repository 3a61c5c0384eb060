import type { TagLine } from '../label/tag.ts';
import type { Stroke } from '../types.ts';

/** How encryption is shown on arrows: colour and dash by key, what a flight brings, what the colours mean. */
export interface Keyed {
  /** The key under which most of a packet's bytes go: 0 none, 1 early, 2 handshake, 3 application; null: nothing is known. */
  epochOf(packet: number): number | null;
  color(epoch: number): string;
  stroke(base: Stroke, epoch: number): Stroke;
  /** What these packets bring, a line for each key; null where there is nothing to say. */
  flight(packets: readonly number[]): TagLine[] | null;
  legend(packets: ArrayLike<number>): TagLine[];
}
