import type { Nanos } from '../../../src/base/time.ts';
import type { Metric } from '../../../src/engine/protocol/metrics.ts';
import type { Probe } from '../../../src/engine/protocol/probe.ts';

export interface Recorded {
  readonly at: number;
  readonly kind: number;
  readonly packet: number;
  readonly causeKind: number;
  readonly cause: number;
  readonly a: number;
  readonly b: number;
}

/** A probe that remembers everything an endpoint reports; `ids` makes event numbers unique over both ends. */
export class Recorder implements Probe {
  readonly states: string[] = [];
  readonly events: Recorded[] = [];
  readonly recoveries: (string | null)[] = [];
  readonly blockings: (readonly [offset: number, waiting: number])[] = [];
  readonly metrics = new Map<Metric, number>();
  isWindowLimited = false;
  readonly #ids: { next: number };

  constructor(ids: { next: number } = { next: 0 }) {
    this.#ids = ids;
  }

  state(_now: Nanos, name: string): void {
    this.states.push(name);
  }

  metric(_now: Nanos, metric: Metric, value: number): void {
    this.metrics.set(metric, value);
  }

  event(now: Nanos, kind: number, packet: number, causeKind: number, cause: number, a: number, b: number): number {
    this.events.push({ at: now, kind, packet, causeKind, cause, a, b });
    return this.#ids.next++;
  }

  recovery(_now: Nanos, label: string | null): void {
    this.recoveries.push(label);
  }

  blocked(_now: Nanos, offset: number, waiting: number): void {
    this.blockings.push([offset, waiting]);
  }

  delivered(): void {
    // The hosts report this, not the connection.
  }

  windowLimited(_now: Nanos, limited: boolean): void {
    this.isWindowLimited = limited;
  }

  count(kind: number): number {
    return this.events.filter((event) => event.kind === kind).length;
  }
}
