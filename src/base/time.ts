/**
 * Simulation time: an integer number of nanoseconds since the first instant of the run.
 * Plain numbers hold it exactly up to 2^53 ns (104 days). Captures of wall time subtract their first instant at the door.
 */
declare const nanosBrand: unique symbol;
export type Nanos = number & { readonly [nanosBrand]: true };

/** Brands a number that is known to be a whole number of nanoseconds. */
export const nanos = (value: number): Nanos => value as Nanos;

export const ZERO = 0 as Nanos;
/** Later than anything that happens; used for "no deadline". */
export const NEVER = Number.MAX_SAFE_INTEGER as Nanos;

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

/** Milliseconds to nanoseconds, rounded once to the nearest whole nanosecond. */
export const fromMs = (milliseconds: number): Nanos => Math.round(milliseconds * NS_PER_MS) as Nanos;
/** Microseconds to nanoseconds, rounded once to the nearest whole nanosecond. */
export const fromUs = (microseconds: number): Nanos => Math.round(microseconds * NS_PER_US) as Nanos;
/** Nanoseconds to milliseconds, for people and files only. */
export const toMs = (value: Nanos): number => value / NS_PER_MS;

export const plus = (a: Nanos, b: number): Nanos => (a + b) as Nanos;

/** Time that `bytes` occupy a link of `mbps` Mbit/s, rounded once to whole nanoseconds. */
export const serializationTime = (bytes: number, mbps: number): Nanos => Math.round((bytes * 8000) / mbps) as Nanos;
