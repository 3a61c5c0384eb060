import { nanos } from '../../base/time.ts';
import type { SeriesBuilder, TraceBuilder } from '../../trace/builder.ts';
import { NONE, SpanKind } from '../../trace/types.ts';
import { Receiver } from '../capture/receiver.ts';

/** States of a connection's life as packets let them be inferred; the machines of the simulator have the same names. */
export type LifeState =
  'IDLE' | 'INITIAL' | 'RETRIED' | 'HANDSHAKE' | 'COMPLETE' | 'CONFIRMED' | 'CLOSING' | 'DRAINING';

const order: readonly LifeState[] = [
  'IDLE',
  'INITIAL',
  'RETRIED',
  'HANDSHAKE',
  'COMPLETE',
  'CONFIRMED',
  'CLOSING',
  'DRAINING',
];

/** One end of a connection while its packets are played: its state, its streams, what it has in flight. */
export class QuicEnd {
  state: LifeState = 'IDLE';
  #span = NONE;
  #inFlight = 0;
  #smoothed = 0;
  readonly #receivers = new Map<number, Receiver>();
  readonly #inflight: SeriesBuilder | null;
  readonly #rtt: SeriesBuilder | null;
  readonly #srtt: SeriesBuilder | null;

  constructor(
    private readonly builder: TraceBuilder,
    readonly flow: number,
    readonly node: number,
    follow: boolean,
  ) {
    const series = (name: 'inflight' | 'rtt' | 'srtt'): SeriesBuilder | null =>
      follow ? builder.addSeries(name, node, flow, 'inferred') : null;
    this.#inflight = series('inflight');
    this.#rtt = series('rtt');
    this.#srtt = series('srtt');
  }

  /** Enters a state that lies ahead; says whether it did. */
  become(state: LifeState, time: number, packet: number, causeKind: number): boolean {
    if (order.indexOf(state) <= order.indexOf(this.state)) return false;
    if (this.#span !== NONE) this.builder.endSpan(this.#span, nanos(time));
    this.#span = this.builder.addSpan(
      nanos(time),
      SpanKind.State,
      this.node,
      this.flow,
      state,
      NONE,
      causeKind,
      packet,
    );
    this.state = state;
    return true;
  }

  /** Stream bytes [offset, end) of `packet` are here. */
  arrive(time: number, stream: number, offset: number, end: number, packet: number): void {
    let receiver = this.#receivers.get(stream);
    if (!receiver) {
      receiver = new Receiver(this.builder, this.flow, this.node, 0, stream);
      this.#receivers.set(stream, receiver);
    }
    receiver.arrive(time, offset, end, packet);
  }

  /** Bytes leave, or are known to have arrived or to be lost. */
  fly(time: number, bytes: number): void {
    this.#inFlight = Math.max(0, this.#inFlight + bytes);
    this.#inflight?.push(nanos(time), this.#inFlight);
  }

  /** A round trip, and how much of it the peer says that it held its ACK back (RFC 9002 §5.3). */
  sample(time: number, roundTrip: number, held: number): void {
    if (roundTrip < 0) return;
    this.#rtt?.push(nanos(time), roundTrip);
    const adjusted = roundTrip > held ? roundTrip - held : roundTrip;
    this.#smoothed = this.#smoothed === 0 ? roundTrip : Math.floor((7 * this.#smoothed + adjusted) / 8);
    this.#srtt?.push(nanos(time), this.#smoothed);
  }
}
