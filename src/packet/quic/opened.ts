import { isUpward } from '../../trace/direction.ts';
import type { RowFrame } from '../../trace/quic/frames.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { encodeFrames, frameSize } from '../../wire/quic/frame/encode.ts';
import type { QuicFrame } from '../../wire/quic/frame/frame.ts';
import { madeQuic } from '../made.ts';
import { cryptoPlace } from './crypto.ts';
import { framesOf } from './sent.ts';

/** A frame and where it stands among its packet's frames, before their encryption. */
export interface PlacedFrame {
  readonly frame: QuicFrame;
  readonly at: number;
  readonly end: number;
  /** Where the data of CRYPTO and STREAM begins. */
  readonly dataAt: number;
  /** Its data is not known: zeros stand for it. */
  readonly isMissing: boolean;
}

/** What a packet carries, opened: made of a simulated one, kept of a captured one. */
export interface OpenedPayload {
  readonly bytes: Uint8Array;
  readonly frames: readonly PlacedFrame[];
}

const withData = (trace: Trace, quic: TraceQuic, row: number, frame: RowFrame): QuicFrame => {
  const { flow, up, space } = cryptoPlace(trace, quic, row);
  const made = madeQuic(trace, flow);
  if (made) return made.filled(up ? 'client' : 'server', space, frame);
  const bytes = (data: { readonly length: number }): Uint8Array =>
    data instanceof Uint8Array ? data : new Uint8Array(data.length);
  switch (frame.kind) {
    case 'crypto':
    case 'stream':
    case 'datagram':
      return { ...frame, data: bytes(frame.data) };
    case 'newToken':
      return { ...frame, token: bytes(frame.token) };
    default:
      return frame;
  }
};

const isMissing = (trace: Trace, quic: TraceQuic, row: number, frame: RowFrame): boolean => {
  const flow = trace.packets.flow[quic.packets.datagram[row] as number] as number;
  return madeQuic(trace, flow) === null && 'data' in frame && !(frame.data instanceof Uint8Array);
};

/** The frames of a packet with their places; none where it stays closed. */
export const openedPayload = (trace: Trace, quic: TraceQuic, row: number): OpenedPayload => {
  const frames: PlacedFrame[] = [];
  let at = 0;
  for (const one of framesOf(quic, row)) {
    const frame = withData(trace, quic, row, one);
    const end = at + frameSize(frame);
    const dataAt = 'data' in frame ? end - frame.data.length : end;
    frames.push({ frame, at, end, dataAt, isMissing: isMissing(trace, quic, row, one) });
    at = end;
  }
  return { bytes: encodeFrames(frames.map(({ frame }) => frame)), frames };
};

/** Exponent of the ACK delays that a packet's sender says (RFC 9000 §18.2). */
export const delayExponent = (trace: Trace, quic: TraceQuic, row: number): number => {
  const datagram = quic.packets.datagram[row] as number;
  const flow = quic.flows.find((one) => one.flow === trace.packets.flow[datagram]);
  return flow?.ackDelayExponent[isUpward(trace, datagram) ? 'client' : 'server'] ?? 3;
};
