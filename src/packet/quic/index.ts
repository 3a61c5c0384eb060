import { isUpward } from '../../trace/direction.ts';
import { QuicBit, QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import { CauseKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { QuicVersion } from '../../wire/quic/codes.ts';
import type { ConnectionFacts } from '../../wire/quic/make/bytes.ts';
import type { Retry } from '../../wire/quic/packet/header.ts';
import { blobAt } from './rows.ts';

/** What of a packet its row alone does not say, but the rows before it. */
export interface QuicIndex {
  /** How often its sender's keys were updated before a packet (RFC 9001 §6). */
  readonly updates: Uint32Array;
  /** Number of a packet among those of its flow. */
  readonly nth: Uint32Array;
  /** By flow; undefined for one without packets of QUIC. */
  readonly facts: readonly (ConnectionFacts | undefined)[];
}

const indexes = new WeakMap<TraceQuic, QuicIndex>();

/** A Retry's row (RFC 9000 §17.2.5); its unused bits are zero where they are not known. */
export const retryOf = (quic: TraceQuic, row: number): Retry => {
  const { packets } = quic;
  return {
    version: packets.version[row] as number,
    destination: blobAt(quic, packets.destination[row]),
    source: blobAt(quic, packets.source[row]),
    token: blobAt(quic, packets.token[row]),
    unused: 0,
  };
};

/** What is gathered of a flow on the way. */
interface Reading {
  readonly originals: Map<number, Uint8Array>;
  retry: Retry | null;
  version: number;
  isAgreed: boolean;
  count: number;
  readonly updates: [up: number, down: number];
}

/** The row of a packet that the network copied; the packet itself where it was sent. */
const originalRow = (trace: Trace, quic: TraceQuic, row: number): number => {
  const { causeKind, cause } = trace.packets;
  const datagram = quic.packets.datagram[row] as number;
  const from = cause[datagram] as number;
  if (causeKind[datagram] !== CauseKind.Sent || from < 0) return row;
  return (quic.packetsOf[from] ?? 0) + row - (quic.packetsOf[datagram] as number);
};

const read = (trace: Trace, quic: TraceQuic): QuicIndex => {
  const { packets: q, packetCount } = quic;
  const updates = new Uint32Array(packetCount);
  const nth = new Uint32Array(packetCount);
  const flows: (Reading | undefined)[] = [];
  for (let row = 0; row < packetCount; row++) {
    const datagram = q.datagram[row] as number;
    const flow = trace.packets.flow[datagram] as number;
    const up = isUpward(trace, datagram);
    const side = up ? 0 : 1;
    const type = q.type[row] as number;
    const known = (flows[flow] ??= {
      originals: new Map(),
      retry: null,
      version: QuicVersion.V1,
      isAgreed: false,
      count: 0,
      updates: [0, 0],
    });
    const original = originalRow(trace, quic, row);
    nth[row] = original < row ? (nth[original] as number) : known.count++;
    if (original < row) updates[row] = updates[original] as number;
    else if (type === QuicType.OneRtt) {
      // The bit turns with each update, and an update waits until the one before was heard (RFC 9001 §6.1).
      const phase = ((q.bits[row] as number) & QuicBit.KeyPhase) === 0 ? 0 : 1;
      if ((known.updates[side] & 1) !== phase) known.updates[side]++;
      updates[row] = known.updates[side];
    } else if (type === QuicType.Retry) known.retry ??= retryOf(quic, row);
    else if (type === QuicType.Initial || type === QuicType.Handshake || type === QuicType.ZeroRtt) {
      const version = q.version[row] as number;
      if (type === QuicType.Initial && up && !known.originals.has(version))
        known.originals.set(version, blobAt(quic, q.destination[row]));
      // What the server answers with is agreed; before that the client's wish counts.
      if (!up || !known.isAgreed) known.version = q.version[row] as number;
      known.isAgreed ||= !up;
    }
  }
  const facts = flows.map(
    (one): ConnectionFacts | undefined => one && { originals: one.originals, retry: one.retry, version: one.version },
  );
  return { updates, nth, facts };
};

export const quicIndex = (trace: Trace, quic: TraceQuic): QuicIndex => {
  let index = indexes.get(quic);
  if (!index) indexes.set(quic, (index = read(trace, quic)));
  return index;
};
