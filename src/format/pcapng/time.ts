import { NS_PER_S } from '../../base/time.ts';

/** Turns the 64-bit times of an interface into seconds and ns, exactly. */
export interface TimeUnit {
  /** Units a second where that is a power of ten up to 10^9; 0: see `divisor`. */
  readonly perSecond: number;
  /** Units a second, any size. */
  readonly divisor: bigint;
  /** Added seconds (if_tsoffset). */
  readonly offset: number;
}

/** `resolution`: the byte of if_tsresol: 10^−n, or 2^−n with the high bit set (draft-ietf-opsawg-pcapng §4.2). */
export const timeUnit = (resolution: number, offset: number): TimeUnit => {
  const n = resolution & 0x7f;
  const binary = (resolution & 0x80) !== 0;
  return {
    perSecond: !binary && n <= 9 ? 10 ** n : 0,
    divisor: binary ? 1n << BigInt(n) : 10n ** BigInt(n),
    offset,
  };
};

/** The result of `splitTime`: reused, so that nothing is allocated for a packet. */
export interface SplitTime {
  seconds: number;
  nanos: number;
}

/** Seconds and ns of a time given in two halves. Exact: long division by 16 bits at a time where 2^53 does not do. */
export const splitTime = (unit: TimeUnit, high: number, low: number, out: SplitTime): void => {
  const u = unit.perSecond;
  if (u === 0) {
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    const seconds = ticks / unit.divisor;
    out.seconds = Number(seconds) + unit.offset;
    out.nanos = Number(((ticks - seconds * unit.divisor) * BigInt(NS_PER_S)) / unit.divisor);
    return;
  }
  let quotient = 0;
  let rest = 0;
  for (let k = 0; k < 4; k++) {
    const half = k < 2 ? high : low;
    rest = rest * 65536 + (k % 2 === 0 ? half >>> 16 : half & 0xffff);
    const digit = Math.floor(rest / u);
    quotient = quotient * 65536 + digit;
    rest -= digit * u;
  }
  out.seconds = quotient + unit.offset;
  out.nanos = rest * (NS_PER_S / u);
};
