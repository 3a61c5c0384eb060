import { grown } from '../base/columns.ts';
import { nanos } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { Growing } from './growing.ts';
import { deliveryShape, eventShape, Fate, NONE, packetShape, spanShape } from './types.ts';
import type {
  CapturedBytes,
  DeliveryColumns,
  EventColumns,
  PacketColumns,
  Series,
  SeriesName,
  SpanColumns,
  Trace,
  TraceFlow,
  TraceLink,
  TraceNode,
  TraceRequest,
} from './types.ts';

/** A series while it is written: equal values in a row are stored once, a second value at one instant replaces the first. */
export class SeriesBuilder {
  #time = new Float64Array(64);
  #value = new Float64Array(64);
  #count = 0;

  constructor(
    readonly name: SeriesName,
    readonly node: number,
    readonly flow: number,
    readonly quality: Series['quality'],
  ) {}

  push(time: Nanos, value: number): void {
    const n = this.#count;
    if (n > 0) {
      if (this.#value[n - 1] === value) return;
      if (this.#time[n - 1] === time) {
        if (n > 1 && this.#value[n - 2] === value) this.#count = n - 1;
        else this.#value[n - 1] = value;
        return;
      }
    }
    if (n === this.#time.length) {
      this.#time = grown(this.#time, n * 2);
      this.#value = grown(this.#value, n * 2);
    }
    this.#time[n] = time;
    this.#value[n] = value;
    this.#count = n + 1;
  }

  finish(): Series {
    return {
      name: this.name,
      node: this.node,
      flow: this.flow,
      quality: this.quality,
      time: this.#time.slice(0, this.#count),
      value: this.#value.slice(0, this.#count),
    };
  }

  /** Gives its memory back, once it is finished. */
  release(): void {
    this.#time = new Float64Array(0);
    this.#value = new Float64Array(0);
  }
}

/**
 * Writes a trace. Rows of packets must be appended in order of `sent`. The arrays behind `packets`, `events` … change
 * when a table grows: read them anew after each `add…`.
 */
export class TraceBuilder {
  readonly #packets = new Growing(packetShape);
  readonly #events = new Growing(eventShape);
  readonly #deliveries = new Growing(deliveryShape);
  readonly #spans = new Growing(spanShape);
  readonly #series: SeriesBuilder[] = [];
  readonly #labels: string[] = [];
  readonly #labelIndex = new Map<string, number>();
  readonly #warnings: string[] = [];
  #options = new Uint32Array(256);
  #optionCount = 0;

  readonly nodes: TraceNode[] = [];
  readonly links: TraceLink[] = [];
  readonly flows: TraceFlow[] = [];
  readonly requests: TraceRequest[] = [];

  /** Makes room for about so many packets and deliveries, where they can be foreseen; more is no error. */
  reserve(packets: number, deliveries: number): void {
    this.#packets.reserve(packets);
    this.#deliveries.reserve(deliveries);
  }

  get packets(): PacketColumns {
    return this.#packets.columns;
  }
  get events(): EventColumns {
    return this.#events.columns;
  }
  get deliveries(): DeliveryColumns {
    return this.#deliveries.columns;
  }
  get spans(): SpanColumns {
    return this.#spans.columns;
  }
  get packetCount(): number {
    return this.#packets.count;
  }
  get eventCount(): number {
    return this.#events.count;
  }
  get deliveryCount(): number {
    return this.#deliveries.count;
  }

  /** A fresh packet row, zeroed but for the references (NONE), `nth` (1) and `fate` (in flight). */
  addPacket(): number {
    const i = this.#packets.row();
    const p = this.#packets.columns;
    p.sack[i] = NONE;
    p.retransmissionOf[i] = NONE;
    p.cause[i] = NONE;
    p.nth[i] = 1;
    p.fate[i] = Fate.InFlight;
    return i;
  }

  addEvent(
    time: Nanos,
    kind: number,
    node: number,
    flow: number,
    packet: number,
    causeKind: number,
    cause: number,
    a = 0,
    b = 0,
  ): number {
    const i = this.#events.row();
    const e = this.#events.columns;
    e.time[i] = time;
    e.kind[i] = kind;
    e.node[i] = node;
    e.flow[i] = flow;
    e.packet[i] = packet;
    e.causeKind[i] = causeKind;
    e.cause[i] = cause;
    e.a[i] = a;
    e.b[i] = b;
    return i;
  }

  addDelivery(
    time: Nanos,
    flow: number,
    node: number,
    stream: number,
    offset: number,
    bytes: number,
    packet: number,
  ): number {
    const i = this.#deliveries.row();
    const d = this.#deliveries.columns;
    d.time[i] = time;
    d.flow[i] = flow;
    d.node[i] = node;
    d.stream[i] = stream;
    d.offset[i] = offset;
    d.bytes[i] = bytes;
    d.packet[i] = packet;
    return i;
  }

  /** Opens a span; its end is written by `endSpan`, or is the end of the run. */
  addSpan(
    start: Nanos,
    kind: number,
    node: number,
    flow: number,
    label: string,
    packet: number,
    causeKind: number,
    cause: number,
  ): number {
    const i = this.#spans.row();
    const s = this.#spans.columns;
    s.start[i] = start;
    s.end[i] = NaN;
    s.kind[i] = kind;
    s.node[i] = node;
    s.flow[i] = flow;
    s.label[i] = this.label(label);
    s.packet[i] = packet;
    s.causeKind[i] = causeKind;
    s.cause[i] = cause;
    return i;
  }

  endSpan(span: number, end: Nanos): void {
    this.#spans.columns.end[span] = end;
  }

  /** Index of a label, added when it is new. */
  label(text: string): number {
    const known = this.#labelIndex.get(text);
    if (known !== undefined) return known;
    const index = this.#labels.push(text) - 1;
    this.#labelIndex.set(text, index);
    return index;
  }

  /** Stores SACK blocks (wire sequence numbers, [left, right) pairs) and returns their row for `packets.sack`. */
  addSack(blocks: ArrayLike<number>, pairs: number): number {
    const need = 1 + 2 * pairs;
    if (this.#optionCount + need > this.#options.length) {
      this.#options = grown(this.#options, this.#options.length * 2);
    }
    const at = this.#optionCount;
    this.#options[at] = pairs;
    for (let k = 0; k < 2 * pairs; k++) this.#options[at + 1 + k] = blocks[k] as number;
    this.#optionCount += need;
    return at;
  }

  addSeries(name: SeriesName, node: number, flow: number, quality: Series['quality'] = 'modelled'): SeriesBuilder {
    const series = new SeriesBuilder(name, node, flow, quality);
    this.#series.push(series);
    return series;
  }

  warn(sentence: string): void {
    this.#warnings.push(sentence);
  }

  finish(meta: {
    readonly source: Trace['source'];
    readonly title: string;
    readonly seed: number;
    readonly end: Nanos;
    readonly epoch?: string | null;
    readonly captured?: CapturedBytes | null;
  }): Trace {
    const spans = this.#spans.finish();
    for (let i = 0; i < spans.end.length; i++) {
      if (Number.isNaN(spans.end[i])) spans.end[i] = meta.end;
    }
    return {
      source: meta.source,
      title: meta.title,
      epoch: meta.epoch ?? null,
      seed: meta.seed,
      end: nanos(meta.end),
      nodes: [...this.nodes],
      links: [...this.links],
      flows: [...this.flows],
      requests: [...this.requests],
      packetCount: this.#packets.count,
      packets: this.#packets.finish(),
      eventCount: this.#events.count,
      events: this.#events.finish(),
      deliveryCount: this.#deliveries.count,
      deliveries: this.#deliveries.finish(),
      spanCount: this.#spans.count,
      spans,
      series: this.#series.map((s) => s.finish()),
      labels: [...this.#labels],
      optionWords: this.#options.slice(0, this.#optionCount),
      captured: meta.captured ?? null,
      tls: null,
      warnings: [...this.#warnings],
    };
  }

  /** Gives its memory back, once it is finished, for one that outlives its trace. */
  release(): void {
    for (const table of [this.#packets, this.#events, this.#deliveries, this.#spans]) table.release();
    for (const series of this.#series) series.release();
    this.#options = new Uint32Array(0);
  }
}
