/** Packet numbers: 0 to 2^62 − 1, of which the lower one to four bytes go over the wire (RFC 9000 §12.3, §17.1). */
export type NumberLength = 1 | 2 | 3 | 4;

/**
 * Bytes that a packet number needs, given the largest that the peer acknowledged (−1: none yet): twice as many values as
 * there are packets in flight (RFC 9000 §A.2).
 */
export const numberLength = (number: number, acknowledged: number): NumberLength => {
  const room = 2 * (number - acknowledged);
  return room <= 0x100 ? 1 : room <= 0x1_0000 ? 2 : room <= 0x100_0000 ? 3 : 4;
};

/** The part of a packet number that goes over the wire. */
export const truncated = (number: number, length: NumberLength): number => number % 256 ** length;

/** The packet number meant: the one nearest to the next expected (RFC 9000 §A.3). `largest`: received so far, or −1. */
export const expanded = (part: number, length: NumberLength, largest: number): number => {
  const window = 256 ** length;
  const expected = largest + 1;
  const candidate = expected - (expected % window) + part;
  if (candidate <= expected - window / 2 && candidate < Number.MAX_SAFE_INTEGER - window) return candidate + window;
  return candidate > expected + window / 2 && candidate >= window ? candidate - window : candidate;
};
