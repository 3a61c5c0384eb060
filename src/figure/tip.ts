import { NS_PER_MS } from '../base/time.ts';
import { packetLabel, packetTitle } from '../packet/label.ts';
import type { TraceIndex } from '../trace/query/index.ts';
import { Fate, PacketKind } from '../trace/types.ts';
import { brief, decimal, instant } from './format.ts';
import { fateWords } from './text.ts';
import type { Figure, Mark } from './types.ts';

/** px between the pointer and what it names. */
const REACH = 8;

/** "Segment #30, sent again · 182.8 → 205.2 ms", in one line; the cause of its end where it did not arrive. */
const packetTip = (index: TraceIndex, i: number, observed: boolean): string => {
  const { trace } = index;
  const p = trace.packets;
  const name = p.kind[i] === PacketKind.Ack ? packetLabel(trace, i, observed) : packetTitle(trace, i, observed);
  const sent = p.sent[i] as number;
  if (p.fate[i] !== Fate.Delivered) return `${name} · sent ${instant(sent)}, ${fateWords(index, i)}`;
  const waits = p.kind[i] === PacketKind.Data && index.isBlocked(i) ? ', waits for earlier bytes' : '';
  return `${name} · ${decimal(sent / NS_PER_MS, 1)} → ${instant(p.arrived[i] as number)}${waits}`;
};

/** Height of a line at x, px: of its last level part there; null where it has none. */
const heightAt = (points: readonly number[], x: number): number | null => {
  let found: number | null = null;
  for (let k = 0; k + 3 < points.length; k += 2) {
    const x1 = points[k] as number;
    const x2 = points[k + 2] as number;
    if (x1 > x) break;
    if (x2 < x || x2 === x1) continue;
    const y1 = points[k + 1] as number;
    found = y1 + (((points[k + 3] as number) - y1) * (x - x1)) / (x2 - x1);
  }
  return found;
};

interface Reading {
  readonly mark: Mark;
  /** On the value axis. */
  readonly value: number;
  readonly distance: number;
}

/** What a curve or bar under the pointer shows there. A curve is thin, so it comes before the bar that it crosses. */
const readingAt = (figure: Figure, x: number, y: number): Reading | null => {
  const [a, b] = figure.axes[1]?.ticks ?? [];
  if (!a || !b) return null;
  const valueOf = (pixel: number): number => a.value + ((pixel - a.at) * (b.value - a.value)) / (b.at - a.at);
  let best: Reading | null = null;
  for (const mark of figure.marks) {
    if (mark.shows === undefined) continue;
    if (mark.shape === 'rect') {
      if (best || x < mark.x || x > mark.x + mark.width || y < mark.y || y > mark.y + mark.height) continue;
      best = { mark, value: valueOf(mark.y) - valueOf(mark.y + mark.height), distance: REACH + 1 };
      continue;
    }
    if (mark.shape !== 'path') continue;
    // An area's outline returns along the bottom: only its top says something.
    const at = heightAt(mark.closed ? mark.points.slice(2, -2) : mark.points, x);
    if (at === null) continue;
    const inside = mark.closed && y > at && y <= a.at;
    const distance = inside ? REACH + 1 : Math.abs(at - y);
    if (!inside && distance > REACH) continue;
    if (!best || distance < best.distance) best = { mark, value: valueOf(at), distance };
  }
  return best;
};

/** What lies at a point of a figure, in one line; null: nothing that has a name. `observed`: as a wiretap would say it. */
export const tipAt = (figure: Figure, index: TraceIndex, x: number, y: number, observed = false): string | null => {
  if (figure.turnedFrom) return tipAt(figure.turnedFrom, index, y, figure.width - x, observed);
  const { plot } = figure;
  if (x < plot.x || x > plot.x + plot.width) return null;
  const told = figure.tell?.(x, y);
  if (told != null) return told;
  const hit = figure.hits.at(x, y, 6);
  if (hit?.id.kind === 'packet' && hit.id.trace === 0) return packetTip(index, hit.id.index, observed);
  const reading = readingAt(figure, x, y);
  if (!reading) return null;
  const unit = figure.axes[1]?.unit ?? '';
  return `${reading.mark.shows ?? ''} ${brief(reading.value)} ${unit} · ${instant(figure.time.toTime(x))}`;
};
