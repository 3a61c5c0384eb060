import { recordEnd, recordsIn } from '../../trace/query/records.ts';
import type { Layer } from '../types.ts';
import type { SemanticId } from '../types.ts';
import type { Journey } from './journey.ts';
import type { Sheet } from './sheet.ts';
import { cutPolygon, toPixels } from './space.ts';

/**
 * Records inside a segment: its band is cut where one record ends and the next begins, each piece in the colour of its
 * key. The first bytes go first, so they lie at the band's early edge; headers of IP and TCP stay in the packet's own.
 */
export const drawPieces = (
  sheet: Sheet,
  i: number,
  way: Readonly<Journey>,
  lanes: readonly [from: number, death: number],
  layer: Layer,
  opacity: number,
): void => {
  const { input, secure, space } = sheet;
  const { trace, viewport } = input;
  const range = secure ? recordsIn(trace, i) : null;
  if (!secure || !range || !trace.tls) return;
  const p = trace.packets;
  const size = p.size[i] as number;
  const payload = p.payload[i] as number;
  const start = p.offset[i] as number;
  const header = size - payload;
  const { at, epoch } = trace.tls.records;
  const id: SemanticId = { kind: 'packet', trace: 0, index: i };
  const [a1, a2] = lanes;
  const travel = (way.arrive - way.depart) * way.death;
  for (let r = range[0]; r < range[1]; r++) {
    const from = header + Math.max(0, (at[r] as number) - start);
    const to = header + Math.min(payload, recordEnd(trace.tls, r) - start);
    const t1 = way.depart - way.length * (1 - from / size);
    const t2 = way.depart - way.length * (1 - to / size);
    const band = cutPolygon([t1, a1, t2, a1, t2 + travel, a2, t1 + travel, a2], viewport.from, viewport.to);
    if (band.length < 6) continue;
    const color = secure.color(epoch[r] as number);
    sheet.marks.push({
      shape: 'path',
      id,
      layer,
      points: toPixels(space, band),
      closed: true,
      fill: { color, opacity: 0.3 * opacity },
      stroke: { color, width: 0.8 * sheet.s, opacity },
    });
  }
};
