import { originalOf, packetLabel } from '../../packet/label.ts';
import type { TraceIndex } from '../../trace/query/index.ts';
import { Fate, isLost, isTurnedAway, NONE, PacketKind } from '../../trace/types.ts';
import type { LayoutInput } from '../types.ts';

/** What a packet is drawn as. */
export type Look = 'data' | 'blocked' | 'ack' | 'control' | 'repair' | 'lost';

export const lookOf = (index: TraceIndex, i: number): Look => {
  const p = index.trace.packets;
  if (isLost(p.fate[i] as number)) return 'lost';
  const kind = p.kind[i] as number;
  if (p.retransmissionOf[i] !== NONE && p.payload[i] !== 0) return 'repair';
  if (kind === PacketKind.Data) return index.isBlocked(i) ? 'blocked' : 'data';
  if (kind === PacketKind.Ack || kind === PacketKind.Other) return 'ack';
  return 'control';
};

/** The same for somebody who looks on and is hidden what it is: it is bytes, and may be few; that it dies, the picture says. */
export const lookSeen = (look: Look, isHidden: boolean): Look =>
  isHidden && look !== 'lost' && look !== 'ack' ? 'data' : look;

/** The way of a packet's last bit: leaves at `depart`, would arrive at `arrive`, dies at share `death` of the way (1: never). */
export interface Journey {
  depart: number;
  arrive: number;
  /** Time that the packet takes from its first bit to its last. */
  length: number;
  death: number;
}

/** A ✕ stands a good third down the arrow, by convention, so that it can be seen. */
const DEATH_ON_WIRE = 0.36;
const DEATH_AT_SENDER = 0.045;

/** Writes the way of packet `i` into `out`. */
export const journey = (index: TraceIndex, i: number, out: Journey): Journey => {
  const p = index.trace.packets;
  const fate = p.fate[i] as number;
  const sent = p.sent[i] as number;
  const end = p.end[i] as number;
  const used = end >= sent && !isTurnedAway(fate);
  out.depart = used ? end : sent;
  out.length = used ? end - (p.start[i] as number) : 0;
  out.death = 1;
  if (isLost(fate)) {
    out.arrive = out.depart + index.linkDelay(p.link[i] as number);
    out.death = used ? DEATH_ON_WIRE : DEATH_AT_SENDER;
    return out;
  }
  const arrived = p.arrived[i] as number;
  out.arrive =
    arrived >= out.depart && fate !== Fate.InFlight ? arrived : out.depart + index.linkDelay(p.link[i] as number);
  return out;
};

/** The first transmission of what packet `i` carries. */
export const original = (index: TraceIndex, i: number): number => originalOf(index.trace, i);

/** The short name of a packet on a picture: "#30", "SYN", "ACK 41,993"; who looks on without keys has another. */
export const shortLabel = ({ trace, filter }: LayoutInput, i: number): string => packetLabel(trace, i, filter.observer);
