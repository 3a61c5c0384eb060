/** 32-bit sequence numbers with wraparound (RFC 9293 §3.4): a number in [0, 2^32). */
declare const seqBrand: unique symbol;
export type Seq32 = number & { readonly [seqBrand]: true };

export const seq32 = (value: number): Seq32 => (value >>> 0) as Seq32;
export const seqAdd = (a: Seq32, n: number): Seq32 => ((a + n) >>> 0) as Seq32;
/** Signed distance a − b in (−2^31, 2^31]. */
export const seqDiff = (a: Seq32, b: Seq32): number => (a - b) | 0;
export const seqLt = (a: Seq32, b: Seq32): boolean => ((a - b) | 0) < 0;
export const seqLe = (a: Seq32, b: Seq32): boolean => ((a - b) | 0) <= 0;
export const seqGt = (a: Seq32, b: Seq32): boolean => ((a - b) | 0) > 0;
export const seqGe = (a: Seq32, b: Seq32): boolean => ((a - b) | 0) >= 0;
export const seqMax = (a: Seq32, b: Seq32): Seq32 => (((a - b) | 0) >= 0 ? a : b);
