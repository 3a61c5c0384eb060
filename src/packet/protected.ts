import { QuicType } from '../trace/quic/types.ts';
import type { TraceQuic } from '../trace/quic/types.ts';
import type { Trace } from '../trace/types.ts';
import { rowsWithin } from './quic/rows.ts';

/** What a wiretap has no keys for. Light: what it sees instead is told by `observed`, which is loaded with TLS and QUIC. */

/** Anyone can make the keys of an Initial (RFC 9001 §5.2); Retry and Version Negotiation have none (RFC 9000 §17.2). */
const READABLE: ReadonlySet<number> = new Set([QuicType.Initial, QuicType.Retry, QuicType.VersionNegotiation]);

/** Whether a row's packet can be read by who sees it go by. */
export const isReadable = (quic: TraceQuic, row: number): boolean => READABLE.has(quic.packets.type[row] as number);

/**
 * Whether a datagram has a packet of QUIC in it of which a wiretap can tell neither number nor frames (RFC 9001 §5.4): not
 * even whether it only acknowledges, or says again what was said. A segment of TCP is never: its header is in the clear.
 */
export const isProtected = (trace: Trace, packet: number): boolean => {
  const { quic } = trace;
  if (!quic) return false;
  const [from, to] = rowsWithin(trace, quic, packet);
  for (let row = from; row < to; row++) if (!isReadable(quic, row)) return true;
  return false;
};

/** Whether what a flow carries is encrypted, by QUIC or by TLS. */
export const isEncrypted = (trace: Trace, flow: number): boolean =>
  isQuic(trace, flow) || trace.tls?.flows.some((one) => one.flow === flow) === true;

/** Whether a flow's acknowledgements and states are hidden with what it carries: QUIC's are, TCP's are not. */
export const isQuic = (trace: Trace, flow: number): boolean =>
  trace.quic !== undefined && trace.flows[flow]?.protocol === 'udp';

/** Whether somebody without keys can tell a page's resources apart: only where none of them is encrypted. */
export const isPageHidden = (trace: Trace): boolean => trace.requests.some(({ flow }) => isEncrypted(trace, flow));
