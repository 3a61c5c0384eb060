import { grouped } from '../field.ts';

/** What the reader of a header may know beyond its bytes. */
export interface TcpContext {
  /** Initial sequence numbers of this segment's sender and receiver; null where unknown. */
  readonly isn: number | null;
  readonly peerIsn: number | null;
  /** Shift of the window field (RFC 7323 §2.2); null where unknown. SYN segments are never scaled. */
  readonly windowScale: number | null;
  /** Whether the checksum was found right; null where not every byte is there. */
  readonly checksumRight: boolean | null;
}

export const NO_CONTEXT: TcpContext = { isn: null, peerIsn: null, windowScale: null, checksumRight: null };

/** A sequence number counted from the initial one, as words; empty where that is not known. */
export const relative = (value: number, isn: number | null): string =>
  isn === null ? '' : `${grouped((value - isn) >>> 0)} relative`;
