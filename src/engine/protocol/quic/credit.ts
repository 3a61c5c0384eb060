import type { Core } from './core.ts';

/**
 * A new limit is told once half of a window is used: RFC 9000 §4.2 leaves the policy open, ngtcp2 does so
 * (`conn_should_send_max_data`).
 */
export const isDue = (next: number, told: number, window: number): boolean => window > 0 && 2 * (next - told) >= window;

/** How far the peer may send on all streams together, now that so much is read. */
export const dataLimit = (core: Core): number => core.consumedData + core.own.data;

/** MAX_DATA is due. */
export const isDataDue = (core: Core): boolean => isDue(dataLimit(core), core.receiveLimit, core.own.data);
