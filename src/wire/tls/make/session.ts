import type { Chain } from '../../x509/chain.ts';
import type { HandshakeMessage } from '../handshake/message.ts';

export type Side = 'client' | 'server';

/** A handshake message as it was simulated: of its true size, its secrets and randoms blank. */
export interface SentMessage {
  readonly from: Side;
  readonly message: HandshakeMessage;
}

/** A record as it was simulated. */
export interface SentRecord {
  /** The true content type, which TLS 1.3 hides. */
  readonly type: number;
  readonly epoch: number;
  /** Bytes of content. */
  readonly length: number;
  readonly padding: number;
  /** Bytes on the wire, header included. */
  readonly size: number;
  /** Level and description, where it is an alert. */
  readonly alert: readonly [level: number, description: number] | null;
  /** A byte of it was changed on the way: the receiver finds its tag wrong. */
  readonly damaged: boolean;
}

/** What is known before the handshake: how the session that is resumed came about. */
export interface Resumed {
  /** Names the earlier session: its secret and its ticket derive from the seed and this. */
  readonly id: string;
  readonly suite: number;
}

/** All that decides the bytes of one connection: the simulation writes it, and it is part of a trace. */
export interface TlsSession {
  readonly seed: number;
  /** Identity of the connection in its scenario. */
  readonly id: string;
  /** Identity of the connection whose client bytes these are: somebody recorded and sent them again (RFC 8446 §8). */
  readonly copies?: string;
  readonly serverChain: Chain;
  readonly clientChain: Chain | null;
  readonly resumed: Resumed | null;
  /** In the order in which they were sent: each message's secrets depend on all before it. */
  readonly messages: readonly SentMessage[];
  readonly records: Readonly<Record<Side, readonly SentRecord[]>>;
}

/** The same while it is being written. */
export interface SessionLog extends TlsSession {
  readonly messages: SentMessage[];
  readonly records: Readonly<Record<Side, SentRecord[]>>;
}

/** Whether early data was accepted: EncryptedExtensions say so (RFC 8446 §4.2.10). */
export const takesEarly = (session: TlsSession): boolean =>
  session.messages.some(
    ({ message }) => message.type === 'encryptedExtensions' && message.extensions.some((e) => e.kind === 'earlyData'),
  );
