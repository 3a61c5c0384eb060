import type { Nanos } from '../../base/time.ts';
import type { Identity } from './chance.ts';

/** What goes over links, whatever made it: a TCP segment, a QUIC datagram. */
export interface Parcel {
  /** IP bytes. */
  readonly size: number;
  /** Payload bytes: what loss rules count as data; of QUIC, bytes of CRYPTO and STREAM. */
  readonly payload: number;
  /** Bytes that a loss rule's `min` looks at: payload; of QUIC, the part in 1-RTT packets. */
  readonly bulk: number;
  /** Stream offset of the first payload byte. */
  readonly offset: number;
  /** Row of the previous transmission of the same first byte. */
  readonly retransmissionOf: number;
  /** IP ECN field (RFC 3168 §5): 0 not-ECT, 2 ECT(0), 3 CE. */
  ecn: number;
  /** Row in the trace. */
  packet: number;
  /** Number of the host that it is for. */
  to: number;
  /** Links passed so far. */
  hop: number;
  /** The router that it goes by; −1: the shortest way. */
  via: number;
  /** n-th transmission of this identity, from 1. */
  nth: number;
  causeKind: number;
  cause: number;
  /** Notified with the packet's row once it is known: the retransmission queue's entry. */
  owner: { packet: number } | null;
}

/** One end of a flow at its node, as the network sees it. Parcels that it gets come from its like. */
export interface NetworkHost {
  /** Set where this end has acted on the other one at the same instant (a simultaneous close). */
  touchedPeer: boolean;
  readonly flow: number;
  readonly node: number;
  readonly peerNode: number;
  readonly isServer: boolean;
  /** By which number chance and touches know the flow. */
  readonly identity: number;
  /** Time from a packet's arrival to its processing, ns. */
  turnaround(parcel: Parcel): number;
  receive(parcel: Parcel, now: Nanos): void;
  wake(now: Nanos): void;
  nextWake(): Nanos;
  pollTransmit(now: Nanos): Parcel | null;
  nextIpId(): number;
  /** Writes what only the protocol knows of a packet into its row, and says who it is. */
  describe(parcel: Parcel, row: number, identity: { -readonly [K in keyof Identity]: Identity[K] }): void;
  /** A second one of a parcel of this host, which has the row `twin`. */
  copy(parcel: Parcel, twin: number): Parcel;
  /** The network is done with a parcel. */
  release(parcel: Parcel): void;
}
