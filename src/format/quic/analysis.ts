import { NS_PER_MS } from '../../base/time.ts';
import { PacketKind } from '../../trace/types.ts';
import { QuicType } from '../../trace/quic/types.ts';
import { isAckEliciting } from '../../wire/quic/frame/frame.ts';
import type { ReadFrame } from '../../wire/quic/frame/frame.ts';
import { asNumber } from '../../wire/varint.ts';
import type { Dissection } from '../capture/dissect.ts';
import type { Flow } from '../capture/flows.ts';
import type { FrameTable } from '../capture/frames.ts';
import { Acknowledged } from './acknowledged.ts';
import type { Connection } from './connection.ts';
import { Space } from './packet.ts';
import type { CapturedPacket } from './packet.ts';
import { Repetitions } from './repetitions.ts';

/** Units of ACK delays, before their exponent (RFC 9000 §19.3). */
const US = NS_PER_MS / 1000;

export const spaceOfType = (type: number): Space =>
  type === QuicType.Initial ? Space.Initial : type === QuicType.Handshake ? Space.Handshake : Space.Application;

/** What an ACK of a packet says that it was held back, ns; those of handshakes say nothing (RFC 9002 §5.3). */
export const heldBack = (connection: Connection, packet: CapturedPacket, delay: number): number =>
  spaceOfType(packet.type) !== Space.Application
    ? 0
    : delay * 2 ** connection.facts.ackDelayExponent[packet.up ? 'client' : 'server'] * US;

export const isEliciting = (frames: readonly ReadFrame[] | null): boolean =>
  frames?.some(({ kind }) => isAckEliciting(kind)) ?? false;

const answered = (one: CapturedPacket, by: CapturedPacket, provenBy: Int32Array): void => {
  one.ackedBy = by.row;
  if ((provenBy[one.row] as number) < 0) provenBy[one.row] = by.row;
};

/** Finds who acknowledged each packet first, and the least round trips from the capture point to both ends. */
const acknowledge = (connection: Connection, flow: Flow, d: Dissection, times: (row: number) => number): void => {
  const c = d.rows.columns;
  const sent = new Acknowledged(connection.packets, spaceOfType);
  for (const packet of connection.packets) {
    // Who answers with Retry or Version Negotiation has the Initial, though it acknowledges none.
    if (packet.type === QuicType.Retry || packet.type === QuicType.VersionNegotiation)
      sent.prove(true, Space.Initial, 0, Infinity, (one) => {
        const isBefore = one.row < packet.row;
        if (isBefore) answered(one, packet, c.provenBy);
        return isBefore;
      });
    for (const frame of packet.frames ?? []) {
      if (frame.kind !== 'ack') continue;
      const largest = frame.ranges[0]?.largest ?? -1;
      for (const { smallest, largest: top } of frame.ranges) {
        sent.prove(!packet.up, spaceOfType(packet.type), smallest, top, (one) => {
          if (one.row >= packet.row) return false;
          answered(one, packet, c.provenBy);
          if (one.number !== largest || !isEliciting(one.frames)) return true;
          const held = heldBack(connection, packet, asNumber(frame.delay));
          if (held > 0) d.heldBack.set(packet.row, held);
          const roundTrip = times(packet.row) - times(one.row) - held;
          const side = one.up ? flow.up : flow.down;
          if (roundTrip >= 0 && roundTrip < side.minRoundTrip) side.minRoundTrip = roundTrip;
          return true;
        });
      }
    }
  }
};

/** What a datagram is for, by what its packets carry. What stays closed may be anything. */
const kindOf = (packets: readonly CapturedPacket[]): number => {
  let kind: number = PacketKind.Ack;
  let isClosed = false;
  for (const packet of packets) {
    if (packet.frames === null) {
      if (packet.problem === '') kind = PacketKind.Control;
      else isClosed = true;
      continue;
    }
    for (const frame of packet.frames) {
      if (frame.kind === 'stream' || frame.kind === 'crypto') return PacketKind.Data;
      if (frame.kind !== 'ack' && frame.kind !== 'padding') kind = PacketKind.Control;
    }
  }
  return isClosed ? PacketKind.Other : kind;
};

/** Kind, payload and place of a datagram, into its row. */
const describe = (d: Dissection, row: number, packets: readonly CapturedPacket[]): void => {
  const c = d.rows.columns;
  c.kind[row] = kindOf(packets);
  let payload = 0;
  c.stream[row] = -1;
  let hasStream = false;
  let hasCrypto = false;
  for (const { frames } of packets) {
    for (const frame of frames ?? []) {
      if (frame.kind !== 'stream' && frame.kind !== 'crypto') continue;
      payload += frame.data.length;
      if (frame.kind === 'stream' && !hasStream) {
        hasStream = true;
        c.stream[row] = Math.min(asNumber(frame.stream), 0x7fff_ffff);
        c.offset[row] = asNumber(frame.offset);
      } else if (frame.kind === 'crypto' && !hasStream && !hasCrypto) {
        hasCrypto = true;
        c.offset[row] = asNumber(frame.offset);
      }
    }
  }
  c.payload[row] = payload;
};

/** Writes what a connection's packets tell into the rows of their datagrams. */
export const analyse = (connection: Connection, flow: Flow, d: Dissection, frames: FrameTable): void => {
  const { time } = frames.columns;
  const { frame } = d.rows.columns;
  const times = (row: number): number => time[frame[row] as number] as number;
  acknowledge(connection, flow, d, times);
  const repetitions = new Repetitions(connection.packets, d.rows);
  const { packets } = connection;
  for (let i = 0; i < packets.length;) {
    const row = packets[i]?.row ?? -1;
    let end = i;
    while (end < packets.length && packets[end]?.row === row) repetitions.take(end++);
    describe(d, row, packets.slice(i, end));
    i = end;
  }
};
