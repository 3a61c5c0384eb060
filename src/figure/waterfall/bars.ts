import { SpanKind } from '../../trace/types.ts';
import type { Trace, TraceRequest } from '../../trace/types.ts';
import type { Theme } from '../theme.ts';
import { Layer } from '../types.ts';
import type { Box, Mark, TimeScale } from '../types.ts';

/** A request's way, ns; NaN: it never came to it. */
export interface Bar {
  readonly request: TraceRequest;
  /** Row of its table, and its number, by which it has its colour in every run. */
  readonly row: number;
  readonly sent: number;
  readonly firstByte: number;
  readonly completion: number;
}

const orNaN = (time: number | null): number => time ?? NaN;

export const barsOf = (trace: Trace): Bar[] =>
  trace.requests.map((request, row) => ({
    request,
    row,
    sent: orNaN(request.sent),
    firstByte: orNaN(request.firstByte),
    completion: orNaN(request.completion),
  }));

/** The same resource has the same colour in every run. */
export const resourceColor = (theme: Theme, row: number): string => theme.streams[row % theme.streams.length] as string;

/** One stretch of a bar, cut to what can be seen. */
const stretch = (from: number, to: number, time: TimeScale): { readonly x: number; readonly width: number } | null => {
  if (!(to > from) || to < time.from || from > time.to) return null;
  const x = time.toPixel(Math.max(from, time.from));
  return { x, width: Math.max(1, time.toPixel(Math.min(to, time.to)) - x) };
};

/** Waiting for the first byte thin, receiving full: a bar in its box's height. */
export const drawBar = (bar: Bar, box: Box, time: TimeScale, theme: Theme, marks: Mark[]): void => {
  const color = resourceColor(theme, bar.row);
  const end = Number.isNaN(bar.completion) ? time.to : bar.completion;
  const got = Number.isNaN(bar.firstByte) ? end : bar.firstByte;
  const waits = stretch(bar.sent, got, time);
  if (waits)
    marks.push({
      shape: 'rect',
      id: null,
      layer: Layer.Area,
      x: waits.x,
      y: box.y + box.height * 0.36,
      width: waits.width,
      height: Math.max(1, box.height * 0.28),
      fill: { color, opacity: 0.35 },
    });
  const receives = stretch(bar.firstByte, end, time);
  if (receives)
    marks.push({
      shape: 'rect',
      id: null,
      layer: Layer.Data,
      ...receives,
      y: box.y,
      height: box.height,
      radius: Math.min(2, box.height / 3),
      fill: { color, opacity: 0.85 },
    });
};

/** Where a message stood still above TCP and TLS, and why: hatched under its bar. */
export const drawHeld = (trace: Trace, bar: Bar, box: Box, time: TimeScale, theme: Theme, marks: Mark[]): string[] => {
  const { spans } = trace;
  const causes: string[] = [];
  const group = trace.flows[bar.request.flow]?.group ?? bar.request.flow;
  for (let s = 0; s < trace.spanCount; s++) {
    if (spans.kind[s] !== SpanKind.HttpHeld || spans.a[s] !== (bar.request.index ?? bar.row)) continue;
    const flow = spans.flow[s] as number;
    if ((trace.flows[flow]?.group ?? flow) !== group) continue;
    const seen = stretch(spans.start[s] as number, spans.end[s] as number, time);
    if (!seen) continue;
    causes.push(trace.labels[spans.label[s] as number] ?? '');
    marks.push({
      shape: 'hatch',
      id: { kind: 'span', trace: 0, index: s },
      layer: Layer.Area,
      ...seen,
      y: box.y,
      height: box.height,
      color: theme.lost,
      spacing: 5,
      lineWidth: 0.9,
      fill: { color: theme.lost, opacity: 0.08 },
    });
  }
  return causes;
};
