import type { HandshakeMessage } from '../../tls/handshake/message.ts';
import type { Resumed, Side } from '../../tls/make/session.ts';
import type { Chain } from '../../x509/chain.ts';
import type { TransportParameter } from '../transportParameters.ts';

/** A handshake message as it went into the CRYPTO stream of an epoch: `end` is the offset behind it. */
export interface CryptoMessage {
  readonly from: Side;
  readonly epoch: number;
  readonly message: HandshakeMessage;
  readonly end: number;
}

/**
 * All that decides the bytes of one QUIC connection besides its packets, which stand in `Trace.quic`: the simulation
 * writes it, and it is part of a trace. Offsets of CRYPTO frames point into `messages`.
 */
export interface QuicSession {
  readonly seed: number;
  /** Identity of the connection in its scenario. */
  readonly id: string;
  readonly serverChain: Chain;
  readonly clientChain: Chain | null;
  readonly resumed: Resumed | null;
  readonly messages: readonly CryptoMessage[];
  /** What each side says in its transport parameters (RFC 9000 §18.2). */
  readonly parameters: Readonly<Record<Side, readonly TransportParameter[]>>;
}
