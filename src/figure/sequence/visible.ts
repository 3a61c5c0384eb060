import { isLost, NONE, PacketKind } from '../../trace/types.ts';
import type { LayoutInput } from '../types.ts';

/** Level of detail. */
export type Level = 'arrows' | 'trains' | 'density';

/** Packets that touch the visible range. */
export interface Visible {
  readonly level: Level;
  /** Rows in order of sending; at level density only the rare ones. */
  readonly rows: Int32Array;
  readonly count: number;
}

/** Up to so many arrows are drawn one by one (measured: beyond, painting costs more than a frame allows). */
export const MOST_ARROWS = 300;
/** Up to so many packets are looked at one by one to bundle them. */
const MOST_LOOKED_AT = 6000;

const scratch = new Int32Array(MOST_LOOKED_AT);

export const passes = (input: LayoutInput, i: number): boolean => {
  const p = input.trace.packets;
  if (input.filter.flow !== null && p.flow[i] !== input.filter.flow) return false;
  return input.filter.acks || p.kind[i] !== PacketKind.Ack;
};

/** Loss, repair and control: seldom, and shown first. */
export const isRare = (input: LayoutInput, i: number): boolean => {
  const p = input.trace.packets;
  const kind = p.kind[i] as number;
  return (
    isLost(p.fate[i] as number) ||
    p.retransmissionOf[i] !== NONE ||
    (kind !== PacketKind.Data && kind !== PacketKind.Ack && kind !== PacketKind.Other)
  );
};

export const findVisible = (input: LayoutInput): Visible => {
  const { from, to } = input.viewport;
  let count = 0;
  let full = false;
  input.index.pyramid.underway.visit(from, to, (i) => {
    if (!passes(input, i)) return true;
    if (count === MOST_LOOKED_AT) {
      full = true;
      return false;
    }
    scratch[count++] = i;
    return true;
  });
  if (full) return { level: 'density', rows: new Int32Array(0), count: 0 };
  return { level: count <= MOST_ARROWS ? 'arrows' : 'trains', rows: scratch.slice(0, count), count };
};
