import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { madeQuic } from '../made.ts';
import { capturedCrypto } from './crypto.ts';
import type { CryptoPlace } from './crypto.ts';

/** All bytes of a CRYPTO stream that are known; of a simulated one, once they are prepared. */
export const cryptoBytes = (trace: Trace, quic: TraceQuic, place: CryptoPlace): Uint8Array =>
  madeQuic(trace, place.flow)?.handshake.stream(place.up ? 'client' : 'server', place.space) ??
  capturedCrypto(trace, quic, place);
