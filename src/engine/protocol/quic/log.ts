import type { TransportParameter } from '../../../wire/quic/transportParameters.ts';
import type { HandshakeMessage } from '../../../wire/tls/handshake/message.ts';
import type { Resumed, Side } from '../../../wire/tls/make/session.ts';
import type { Chain } from '../../../wire/x509/chain.ts';
import type { QuicDatagram } from './pdu.ts';

/** A handshake message as it went into the CRYPTO stream of an epoch: `end` is the offset behind it. */
export interface CryptoMessage {
  readonly from: Side;
  readonly epoch: number;
  readonly message: HandshakeMessage;
  readonly end: number;
}

/**
 * All that decides the bytes of one connection, written while it is simulated and shared by both ends: the receiver of
 * CRYPTO finds there which messages its bytes are. Offsets in the frames of `datagrams` point into `messages`.
 */
export interface QuicLog {
  readonly seed: number;
  /** Identity of the connection in its scenario. */
  readonly id: string;
  readonly serverChain: Chain;
  readonly clientChain: Chain | null;
  readonly resumed: Resumed | null;
  readonly messages: CryptoMessage[];
  /** As their sender made them, in order. */
  readonly datagrams: Readonly<Record<Side, QuicDatagram[]>>;
  /** What each side says in its transport parameters (RFC 9000 §18.2). */
  readonly parameters: Record<Side, readonly TransportParameter[]>;
}

export const emptyLog = (
  seed: number,
  id: string,
  serverChain: Chain,
  clientChain: Chain | null,
  resumed: Resumed | null,
): QuicLog => ({
  seed,
  id,
  serverChain,
  clientChain,
  resumed,
  messages: [],
  datagrams: { client: [], server: [] },
  parameters: { client: [], server: [] },
});
