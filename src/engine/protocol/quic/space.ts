import { NEVER } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { Frame } from './pdu.ts';
import { Incoming } from './incoming.ts';
import { Outgoing } from './outgoing.ts';
import { RangeSet } from './ranges.ts';
import type { DeliveryStamp } from './window.ts';

/** The three packet number spaces (RFC 9000 §12.3). */
export const SpaceId = { Initial: 0, Handshake: 1, Application: 2 } as const;
export type SpaceId = (typeof SpaceId)[keyof typeof SpaceId];
export const SPACES = [SpaceId.Initial, SpaceId.Handshake, SpaceId.Application] as const;

/** A packet that was sent and is neither acknowledged nor lost (RFC 9002 §A.1.1). */
export interface SentPacket {
  readonly number: number;
  readonly sentAt: Nanos;
  readonly size: number;
  readonly isEliciting: boolean;
  /** Counts as in flight: ack-eliciting, or padded (RFC 9002 §2). */
  readonly inFlight: boolean;
  readonly frames: readonly Frame[];
  readonly stamp: DeliveryStamp;
  /** Its position among all packets in flight. */
  readonly position: number;
  readonly isEarly: boolean;
  /** It asks whether its size gets through: its loss says nothing of congestion (RFC 9000 §14.4). */
  readonly isMtuProbe: boolean;
}

/** One packet number space: what was sent and received in it. */
export class Space {
  next: number;
  largestAcked = -1;
  /** In order of number. */
  readonly sent = new Map<number, SentPacket>();
  elicitingInFlight = 0;
  lastElicitingAt: Nanos = NEVER;
  lossTime: Nanos = NEVER;
  /** Probes that are still to be sent. */
  probes = 0;
  readonly crypto = { out: new Outgoing(), in: new Incoming() };
  readonly received = new RangeSet();
  /** The peer knows that this end got what is below: it needs no ACK any more (RFC 9000 §13.2.4). */
  ackFloor = 0;
  largestReceivedAt: Nanos = NEVER;
  /** Ack-eliciting packets that no ACK has told of. */
  unacked = 0;
  ackNow = false;
  ackAt: Nanos = NEVER;
  readonly ecn = { ect0: 0, ect1: 0, ce: 0 };
  /** Marks that the peer has counted (RFC 9000 §13.4.2). */
  ceSeen = 0;
  isDiscarded = false;

  constructor(
    readonly id: SpaceId,
    readonly first: number,
  ) {
    this.next = first;
  }
}
