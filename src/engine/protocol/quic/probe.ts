import type { Nanos } from '../../../base/time.ts';
import type { Metric } from '../metrics.ts';
import type { QuicDatagram } from './pdu.ts';
import type { SpaceId } from './space.ts';

/** What a QUIC endpoint reports while it runs; the network hands one in. `now` is the simulation time of the call. */
export interface QuicProbe {
  /** A state of the connection's machine was entered. */
  state(now: Nanos, name: string): void;
  /** A metric has a new value: bytes, ns or bits per second, as `Metric` says. */
  metric(now: Nanos, metric: Metric, value: number): void;
  sent(now: Nanos, datagram: QuicDatagram): void;
  /** The peer acknowledged a packet, for the first time. */
  acked(now: Nanos, space: SpaceId, number: number): void;
  /**
   * A packet was declared lost: three later ones are acknowledged, or it is too old (RFC 9002 §6.1); a probe of the path's
   * size also where nothing was heard of it for its time (RFC 8899 §5.1.1).
   */
  lost(now: Nanos, space: SpaceId, number: number, by: 'packets' | 'time' | 'timeout'): void;
  /** A probe time-out sent something; `count`: how many there were in a row. */
  timeout(now: Nanos, space: SpaceId, count: number): void;
  /** The window was reduced (`label`), or the reduction is over (null). */
  recovery(now: Nanos, label: string | null): void;
  /** Bytes of a stream wait for those at `offset`; none do any more: −1. */
  blocked(now: Nanos, stream: number, offset: number, waiting: number): void;
  /** Bytes of a stream were handed to the application. */
  delivered(now: Nanos, stream: number, offset: number, bytes: number): void;
}
