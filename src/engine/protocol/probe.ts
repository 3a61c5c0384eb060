import type { Nanos } from '../../base/time.ts';
import type { Metric } from './metrics.ts';

/**
 * What a protocol endpoint reports while it runs. The network hands one in; the endpoint never sees the trace. `now` is
 * the simulation time of the call. Causes are pairs (kind, index) as the trace defines them; the endpoint carries them
 * about and does not look into them.
 */
export interface Probe {
  /** A state of the connection's machine was entered. */
  state(now: Nanos, name: string): void;
  /** A metric has a new value. Equal values in a row cost nothing. */
  metric(now: Nanos, metric: Metric, value: number): void;
  /** Something instantaneous happened; returns its index, to be carried as a cause. */
  event(now: Nanos, kind: number, packet: number, causeKind: number, cause: number, a: number, b: number): number;
  /** Loss recovery began or ended (`label` null). */
  recovery(now: Nanos, label: string | null, causeKind: number, cause: number): void;
  /** Bytes wait at the receiver for those at `offset` (stream offset), or none do any more (`offset` −1). */
  blocked(now: Nanos, offset: number, waiting: number): void;
  /** Bytes were handed to the application. */
  delivered(now: Nanos, offset: number, bytes: number, packet: number): void;
  /** The sender has data but the peer's window holds it back. */
  windowLimited(now: Nanos, limited: boolean): void;
}
