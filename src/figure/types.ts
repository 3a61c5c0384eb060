import type { Nanos } from '../base/time.ts';
import type { Cuts } from '../trace/cuts.ts';
import type { TraceIndex } from '../trace/query/index.ts';
import type { Trace } from '../trace/types.ts';
import type { Measure } from './measure.ts';
import type { Theme } from './theme.ts';

/**
 * The few types between a trace and a picture. A layout is a pure function from a trace and a viewport to marks; a
 * painter turns marks into pixels or text and knows nothing of networks. All lengths are CSS px.
 */

/** What a mark stands for: `index` is a row of the trace's table of that name (series: index in `trace.series`). */
export interface SemanticId {
  readonly kind: 'packet' | 'event' | 'span' | 'delivery' | 'series' | 'node' | 'state' | 'axis' | 'train';
  /** 0: the trace; 1: its ghost, the other future. */
  readonly trace: 0 | 1;
  readonly index: number;
}

/** Painting order, from the ground up. Within a layer, the order in which marks were made. */
export const Layer = {
  Ground: 0,
  Grid: 1,
  Area: 2,
  Ghost: 3,
  Ack: 4,
  Data: 5,
  Control: 6,
  /** Loss, waiting, repair: the loudest things. */
  Event: 7,
  Lifeline: 8,
  Selection: 9,
  Playhead: 10,
  /** Words and tags with a box of the ground's colour: over every line, the playhead's too. */
  Tag: 11,
} as const;
export type Layer = (typeof Layer)[keyof typeof Layer];

export interface Stroke {
  readonly color: string;
  readonly width: number;
  /** Lengths of dash and gap; absent: solid. */
  readonly dash?: readonly number[];
  readonly opacity?: number;
  readonly cap?: 'butt' | 'round';
}
export interface Fill {
  readonly color: string;
  readonly opacity?: number;
}

interface MarkBase {
  /** null: decoration that nobody selects. */
  readonly id: SemanticId | null;
  readonly layer: Layer;
  /** What a curve or bar shows, said with its value on the value axis by whoever points at it: "cwnd". */
  readonly shows?: string;
}
export interface LineMark extends MarkBase {
  readonly shape: 'line';
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly stroke: Stroke;
}
/** Polyline, or polygon where `closed`. `points` is x0, y0, x1, y1 … */
export interface PathMark extends MarkBase {
  readonly shape: 'path';
  readonly points: readonly number[];
  readonly closed: boolean;
  readonly fill?: Fill;
  readonly stroke?: Stroke;
}
/** One cubic Bézier curve: start, two handles, end. */
export interface CurveMark extends MarkBase {
  readonly shape: 'curve';
  readonly points: readonly [number, number, number, number, number, number, number, number];
  readonly stroke: Stroke;
}
export interface RectMark extends MarkBase {
  readonly shape: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius?: number;
  readonly fill?: Fill;
  readonly stroke?: Stroke;
}
export type FontFace = 'sans' | 'mono';
export type FontWeight = 400 | 500 | 600 | 650;
/** One line of text. `y` is the middle of its x-height and ascender, so that painters agree whatever their baselines. */
export interface TextMark extends MarkBase {
  readonly shape: 'text';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly face: FontFace;
  readonly size: number;
  readonly weight: FontWeight;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly color: string;
  readonly opacity?: number;
  /** Extra space between letters, px (small capitals of headings). */
  readonly tracking?: number;
}
/** How a hatch is drawn: what waits for different things is told apart without colour. */
export type HatchPattern = 'slant' | 'back' | 'cross' | 'level' | 'upright' | 'dashes' | 'grid';
/** A rectangle of slanted lines, or of those of its pattern: bytes that wait. */
export interface HatchMark extends MarkBase {
  readonly shape: 'hatch';
  /** Absent: slant. */
  readonly pattern?: HatchPattern;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly spacing: number;
  readonly lineWidth: number;
  /** Tint under the lines. */
  readonly fill?: Fill;
}
/** A small sign, `size` px across, centred on x, y (deliver: tip at x, y). */
export interface GlyphMark extends MarkBase {
  readonly shape: 'glyph';
  readonly glyph: 'cross' | 'deliver' | 'dot' | 'ring' | 'break' | 'arrowhead' | 'flag' | 'handle';
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** Degrees clockwise; 0 points up (arrowhead, deliver). */
  readonly turn?: number;
  readonly color: string;
  readonly opacity?: number;
  readonly lineWidth?: number;
}
export type Mark = LineMark | PathMark | CurveMark | RectMark | TextMark | HatchMark | GlyphMark;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
  /** Visible range of time. */
  readonly from: Nanos;
  readonly to: Nanos;
  /** Idle time that the axis leaves out; absent: none. */
  readonly cuts?: Cuts;
  /** Lying: time runs to the right. Upright: time runs down, the client stands left (sequence only). */
  readonly orientation: 'lying' | 'upright';
  /** Room for names at the left, px; absent: 104 × theme.scale, less where the figure is narrow. Panels that stack share it. */
  readonly gutter?: number;
  /** The lying picture will be turned upright: words stand in its head instead of its gutter. */
  readonly standing?: boolean;
  /** Whether this panel writes the numbers of the shared time axis; absent: sequence and single figures do. */
  readonly axis?: 'numbers' | 'rules';
}

/** Selecting anything selects it everywhere. */
export type Selection = SemanticId;

export interface Filter {
  /** Only this flow; null: all. */
  readonly flow: number | null;
  /** Draw pure acknowledgements. */
  readonly acks: boolean;
  /** Colour of data: by what a packet is, or by the flow that it belongs to; absent: by flow once there are several. */
  readonly colour?: 'kind' | 'flow';
  /** Only what a wiretap sees: names of what goes in the clear, sizes of the rest. */
  readonly observer?: boolean;
}
export const noFilter: Filter = { flow: null, acks: true };

export interface LayoutInput {
  readonly trace: Trace;
  /** The other future, drawn faint and dashed; shares t = 0. */
  readonly ghost: Trace | null;
  /** What tells the other future from this one: "without loss", "before". */
  readonly ghostName?: string;
  readonly playhead: Nanos;
  readonly selection: Selection | null;
  /** Packets of the trace on the way from a consequence to its cause ("Why?"): lit, the others step back. */
  readonly chain?: readonly number[];
  readonly filter: Filter;
  readonly viewport: Viewport;
  readonly theme: Theme;
  readonly measure: Measure;
  /** Search structures of `trace`: `traceIndex(trace)`, built once and remembered. */
  readonly index: TraceIndex;
  /** Runs of the same page by other ways, for the comparison. */
  readonly compared?: readonly Compared[];
  /** What the loss of each packet would cost, for the figure of that. */
  readonly matters?: LossCosts;
}

/** By how much all would be done later were a packet lost; see `Losses` of the session. */
export interface LossCosts {
  /** ns by packet of `trace`; NaN: not known. */
  readonly later: Float64Array;
  readonly done: number;
  readonly all: number;
}

/** One run of a comparison. */
export interface Compared {
  readonly name: string;
  readonly trace: Trace;
  /** It is the one that the other figures show. */
  readonly shown: boolean;
}

/** Time ↔ px along the time axis of a figure: linear but for the cuts. */
export interface TimeScale {
  readonly orientation: 'lying' | 'upright';
  /** px at `from` and at `to`. */
  readonly start: number;
  readonly end: number;
  readonly from: Nanos;
  readonly to: Nanos;
  /** ns for each px, outside cuts. */
  readonly perPixel: number;
  /** Cuts that the visible range touches. */
  readonly cuts: Cuts;
  toPixel(time: number): number;
  toTime(pixel: number): Nanos;
}

export interface Hit {
  readonly id: SemanticId;
  /** Distance from the pointer to the mark, px. */
  readonly distance: number;
}
/** What lies under a point. Made lazily: nothing is computed until the pointer asks. */
export interface HitIndex {
  /** Nearest thing within `tolerance` px (mouse 6, touch 14); what is rarer wins a tie: loss, repair, control, data, ACK. */
  at(x: number, y: number, tolerance?: number): Hit | null;
}

export interface AxisTick {
  readonly value: number;
  readonly at: number;
  readonly label: string;
}
export interface Axis {
  readonly of: 'time' | 'value';
  readonly unit: string;
  readonly ticks: readonly AxisTick[];
}

export type FigureName =
  | 'sequence'
  | 'window'
  | 'throughput'
  | 'rtt'
  | 'queue'
  | 'timesequence'
  | 'compare'
  | 'keys'
  | 'waterfall'
  | 'streams'
  | 'matters'
  | 'overview'
  | 'statechart'
  | 'scene';

/** Packets that touch the visible range: each is drawn alone, or inside a bundle that says how many. The sum is exact. */
export interface Counted {
  readonly visible: number;
  readonly single: number;
  readonly bundled: number;
  readonly level: 'arrows' | 'trains' | 'density';
}

/** A laid-out picture: nothing but data, and two look-ups. */
export interface Figure {
  readonly name: FigureName;
  readonly width: number;
  readonly height: number;
  /** Ascending by layer. */
  readonly marks: readonly Mark[];
  /** Where the data lies, without names and axis numbers. */
  readonly plot: Box;
  readonly time: TimeScale;
  readonly hits: HitIndex;
  readonly axes: readonly Axis[];
  readonly counted: Counted | null;
  /** The lying picture that an upright panel was turned from: what points at it is looked up there. */
  readonly turnedFrom?: Figure;
  /** What lies at a point, in one line, where the figure knows more than its hits and curves tell. */
  readonly tell?: (x: number, y: number) => string | null;
  /** Accessible name and one-paragraph text. */
  readonly title: string;
  readonly summary: string;
}

export type Layout = (input: LayoutInput) => Figure;
