import { placeTag } from '../label/tag.ts';
import type { Wanted } from '../label/tag.ts';
import type { Placer } from '../label/place.ts';
import type { LayoutInput, Mark, Stroke } from '../types.ts';
import { Layer } from '../types.ts';
import type { Theme } from '../theme.ts';
import type { Look } from './journey.ts';
import { drawnOf } from './keyed.ts';
import type { Drawn, Keyed } from './keyed.ts';
import { makeSpace } from './space.ts';
import type { Space } from './space.ts';
import type { Stretch } from './stretches.ts';

/** Who chooses a place for his label first. */
export const Rank = {
  Selection: 0,
  Lost: 1,
  Waiting: 2,
  Repair: 3,
  Difference: 4,
  Control: 5,
  State: 6,
  Counted: 7,
  Data: 8,
  Train: 9,
  Recovery: 10,
  Ack: 11,
} as const;

/** A label that waits for its place. */
export interface Request {
  readonly rank: number;
  readonly wanted: Wanted;
}

/** Strokes by look, made once per layout: marks share them, painters group by them. */
export type Strokes = Readonly<Record<Look, Stroke>>;

/** How thick, pale and dashed a packet of each look is. */
const strokesOf = (theme: Theme): Strokes => {
  const s = theme.scale;
  return {
    data: { color: theme.data, width: 1.5 * s },
    blocked: { color: theme.data, width: 1.3 * s, opacity: 0.45 },
    ack: { color: theme.ack, width: 0.9 * s, opacity: 0.8 },
    control: { color: theme.control, width: 1.9 * s },
    repair: { color: theme.repair, width: 2.4 * s },
    lost: { color: theme.lost, width: 2.2 * s },
  };
};

export const layerOf: Readonly<Record<Look, Layer>> = {
  data: Layer.Data,
  blocked: Layer.Data,
  ack: Layer.Ack,
  control: Layer.Control,
  repair: Layer.Event,
  lost: Layer.Event,
};

/** One drawing under way: the marks so far, and the labels that wait for a place. */
export class Sheet {
  readonly marks: Mark[] = [];
  /** What is hatched along the lanes of applications: words beside one keep off the others. */
  readonly stretches: Stretch[] = [];
  readonly space: Space;
  readonly theme: Theme;
  readonly s: number;
  strokes: Strokes;
  /** Many losses or repairs: each is drawn thinner. */
  crowded = false;
  readonly #requests: Request[] = [];
  readonly #flowStrokes = new Map<string, Stroke>();
  readonly byFlow: boolean;
  /** TLS or QUIC on the arrows; null where the trace has neither. */
  readonly secure: Keyed | null;
  /** How that is drawn. */
  readonly inside: Drawn | null;
  /** Packets of the chain of causes, when it is shown. */
  readonly chain: ReadonlySet<number> | null;

  constructor(readonly input: LayoutInput) {
    this.space = makeSpace(input);
    this.theme = input.theme;
    this.s = input.theme.scale;
    this.strokes = strokesOf(input.theme);
    // Where there is TLS, its keys have the colours.
    const several = input.trace.flows.length > 1 && input.filter.flow === null && !input.trace.tls && !input.trace.quic;
    const { tells = several ? 'stream' : 'kind' } = input.theme;
    this.byFlow = (input.filter.colour ?? (tells === 'stream' ? 'flow' : 'kind')) === 'flow';
    this.inside = drawnOf(input.trace);
    this.secure = this.inside?.keysOf(input.trace, input.theme, input.filter.observer === true) ?? null;
    this.chain = input.chain && input.chain.length > 0 ? new Set(input.chain) : null;
  }

  setCrowded(crowded: boolean): void {
    this.crowded = crowded;
    if (!crowded) return;
    const thin = (stroke: Stroke): Stroke => ({ ...stroke, width: stroke.width * 0.55 });
    this.strokes = { ...this.strokes, lost: thin(this.strokes.lost), repair: thin(this.strokes.repair) };
  }

  /** Stroke of packet `i`: data takes its flow's colour where there are several flows; beside a lit chain all else is pale. */
  stroke(i: number, look: Look): Stroke {
    const base = this.strokes[look];
    const faded = this.chain !== null && !this.chain.has(i);
    const flow = this.input.trace.packets.flow[i] as number;
    const isData = look === 'data' || look === 'blocked';
    const tinted = this.byFlow && isData;
    const epoch = isData && !tinted ? (this.secure?.epochOf(i) ?? null) : null;
    if (!faded && !tinted && epoch === null) return base;
    const key = `${look} ${tinted ? String(flow) : ''} ${String(faded)} ${String(epoch)}`;
    let stroke = this.#flowStrokes.get(key);
    if (!stroke) {
      const keyed = epoch !== null && this.secure ? this.secure.stroke(base, epoch) : base;
      stroke = {
        ...keyed,
        color: tinted ? this.flowColor(flow) : keyed.color,
        opacity: (base.opacity ?? 1) * (faded ? 0.3 : 1),
      };
      this.#flowStrokes.set(key, stroke);
    }
    return stroke;
  }

  flowColor(flow: number): string {
    const { streams } = this.theme;
    return streams[flow % streams.length] as string;
  }

  /** Asks for a label; it is placed when all have asked. */
  want(rank: number, wanted: Wanted): void {
    this.#requests.push({ rank, wanted });
  }

  /** Places the labels that asked, by rank, and forgets them. Returns those that found no room. */
  placeLabels(placer: Placer): Request[] {
    const { input, theme, marks } = this;
    const requests = this.#requests.splice(0);
    const ordered = requests.map((request, k) => ({ ...request, k })).sort((a, b) => a.rank - b.rank || a.k - b.k);
    return ordered.filter(({ wanted }) => !placeTag(wanted, placer, theme, input.measure, marks));
  }
}
