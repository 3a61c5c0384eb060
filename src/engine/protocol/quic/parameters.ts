import { ParameterId } from '../../../wire/quic/codes.ts';
import { parameterNumber } from '../../../wire/quic/transportParameters.ts';
import type { TransportParameter } from '../../../wire/quic/transportParameters.ts';
import type { Side } from '../../../wire/tls/make/session.ts';
import type { QuicKnobs } from './knobs.ts';

/** Ids that the parameters bind to the handshake (RFC 9000 §7.3). */
export interface BoundIds {
  readonly source: Uint8Array;
  /** At the server: the client's first destination id, and its own of a Retry; null: none. */
  readonly original: Uint8Array | null;
  readonly retry: Uint8Array | null;
  readonly resetToken: Uint8Array | null;
}

/** What the peer may do, out of its counterpart's transport parameters (RFC 9000 §18.2). Bytes, streams, ms. */
export interface Limits {
  readonly data: number;
  /** For streams that the one who says it opened, for those that the other opened, for one-way ones. */
  readonly bidiLocal: number;
  readonly bidiRemote: number;
  readonly uni: number;
  readonly streamsBidi: number;
  readonly streamsUni: number;
  readonly ackDelayExponent: number;
  readonly maxAckDelayMs: number;
  readonly activeIds: number;
  readonly idleMs: number;
  readonly maxDatagram: number;
}

const bytes = (id: number, value: Uint8Array | null): TransportParameter[] =>
  value === null ? [] : [{ kind: 'bytes', id, value }];
/** A number that is its default need not be said. */
const number = (id: number, value: number, byDefault = 0): TransportParameter[] =>
  value === byDefault ? [] : [{ kind: 'number', id, value }];

export const parametersOf = (knobs: QuicKnobs, side: Side, ids: BoundIds): TransportParameter[] => {
  const own = knobs.windows[side];
  return [
    ...bytes(ParameterId.OriginalDestinationConnectionId, ids.original),
    ...bytes(ParameterId.StatelessResetToken, ids.resetToken),
    ...bytes(ParameterId.InitialSourceConnectionId, ids.source),
    ...bytes(ParameterId.RetrySourceConnectionId, ids.retry),
    ...(side === 'client' ? number(ParameterId.InitialMaxStreamDataBidiLocal, own.stream) : []),
    ...(own.bidi > 0 ? number(ParameterId.InitialMaxStreamDataBidiRemote, own.stream) : []),
    ...number(ParameterId.InitialMaxStreamDataUni, own.stream),
    ...number(ParameterId.InitialMaxData, own.data),
    ...number(ParameterId.InitialMaxStreamsBidi, own.bidi),
    ...number(ParameterId.InitialMaxStreamsUni, own.uni),
    ...number(ParameterId.MaxIdleTimeout, knobs.idleTimeoutMs),
    ...number(ParameterId.AckDelayExponent, knobs.ackDelayExponent, 3),
    ...number(ParameterId.MaxAckDelay, knobs.maxAckDelayMs, 25),
    ...number(ParameterId.ActiveConnectionIdLimit, knobs.activeIdLimit, 2),
    ...(knobs.extraParameters
      ? ([
          { kind: 'flag', id: ParameterId.GreaseQuicBit },
          { kind: 'versions', chosen: knobs.versions[0] ?? 0, available: [knobs.versions[0] ?? 0] },
        ] as const)
      : []),
  ];
};

export const limitsOf = (list: readonly TransportParameter[]): Limits => {
  const value = (id: number): number => Number(parameterNumber(list, id));
  return {
    data: value(ParameterId.InitialMaxData),
    bidiLocal: value(ParameterId.InitialMaxStreamDataBidiLocal),
    bidiRemote: value(ParameterId.InitialMaxStreamDataBidiRemote),
    uni: value(ParameterId.InitialMaxStreamDataUni),
    streamsBidi: value(ParameterId.InitialMaxStreamsBidi),
    streamsUni: value(ParameterId.InitialMaxStreamsUni),
    ackDelayExponent: value(ParameterId.AckDelayExponent),
    maxAckDelayMs: value(ParameterId.MaxAckDelay),
    activeIds: value(ParameterId.ActiveConnectionIdLimit),
    idleMs: value(ParameterId.MaxIdleTimeout),
    maxDatagram: value(ParameterId.MaxUdpPayloadSize),
  };
};

/** Before the peer has spoken nothing may be sent (RFC 9000 §7.4). */
export const NO_LIMITS: Limits = limitsOf([]);
