import { u16 } from '../../wire/bytes.ts';
import { UDP_SIZE } from '../../wire/udp/header.ts';
import type { FrameTable } from '../capture/frames.ts';
import type { RowTable } from '../capture/rows.ts';

/** The UDP payload of a row: [at, end) of the file, and whether the capture cut it. */
export interface DatagramPlace {
  at: number;
  end: number;
  isCut: boolean;
}

/** Finds the UDP payload of `row`; false where nothing of it was captured. */
export const locateDatagram = (
  bytes: Uint8Array,
  frames: FrameTable,
  rows: RowTable,
  row: number,
  place: DatagramPlace,
): boolean => {
  const c = rows.columns;
  const { offset, length } = frames.columns;
  const frame = c.frame[row] as number;
  const start = offset[frame] as number;
  const there = start + (length[frame] as number);
  const at = start + (c.ipAt[row] as number) + (c.size[row] as number) - (c.payload[row] as number);
  // What the UDP header counts bounds it: behind it may stand what only fills the IP packet up.
  const said = at - UDP_SIZE + u16(bytes, at - UDP_SIZE + 4);
  const whole = said > at ? Math.min(said, at + (c.payload[row] as number)) : at + (c.payload[row] as number);
  place.at = at;
  place.end = Math.min(whole, there);
  place.isCut = whole > there;
  return place.end > at;
};
