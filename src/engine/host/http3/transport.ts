import type { Nanos } from '../../../base/time.ts';
import type { QuicCommand } from '../../protocol/quic/connection.ts';

/** What an application of HTTP/3 speaks to: one end of a QUIC connection. */
export interface QuicTransport {
  command(command: QuicCommand, now: Nanos): void;
}
