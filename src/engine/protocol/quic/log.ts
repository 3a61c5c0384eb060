import type { CryptoMessage, QuicSession } from '../../../wire/quic/make/session.ts';
import type { TransportParameter } from '../../../wire/quic/transportParameters.ts';
import type { Resumed, Side } from '../../../wire/tls/make/session.ts';
import type { Chain } from '../../../wire/x509/chain.ts';

/**
 * The session while it is simulated, shared by both ends: the receiver of CRYPTO finds there which messages its bytes
 * are.
 */
export interface QuicLog extends QuicSession {
  readonly messages: CryptoMessage[];
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
  parameters: { client: [], server: [] },
});
