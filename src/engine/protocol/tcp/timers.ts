import { NEVER, nanos } from '../../../base/time.ts';
import type { Nanos } from '../../../base/time.ts';
import type { Tcb, TimerKind } from './tcb.ts';

/** Granularity, in ticks, of the kernel's timer wheel for a wait of so many (Linux `LVL_START`, `LVL_GRAN`). */
const granularity = (ticks: number): number => (ticks < 63 ? 1 : ticks < 504 ? 8 : ticks < 4032 ? 64 : 512);

/**
 * When a coarse timer asked for `spanUs` fires. Linux rounds up to whole ticks and fires with the tick after the last,
 * so that short timers keep step with the clock: here its ticks fall in the middle between whole multiples. Longer ones
 * wait for the end of their bucket of the timer wheel; a run of the real thing falls anywhere in it, ours in its middle.
 * With no tick, timers are exact.
 */
export const coarse = (tcb: Tcb, spanUs: number): Nanos => {
  const { timerTickMs } = tcb.knobs;
  if (timerTickMs === 0) return nanos(tcb.now + Math.round(spanUs * 1000));
  const tickNs = timerTickMs * 1e6;
  const ticks = Math.ceil((spanUs * 1000) / tickNs);
  const bucket = granularity(ticks);
  if (bucket === 1) {
    const phase = tickNs / 2;
    return nanos((Math.floor((tcb.now + phase) / tickNs) + ticks + 1) * tickNs - phase);
  }
  return nanos(tcb.now + ticks * tickNs + (bucket * tickNs) / 2);
};

/**
 * Is a coarse timer that runs until `at` due within `spanUs`? Linux compares whole ticks: what the timer was asked for, one
 * tick before it fires, with the ticks so far (`time_before_eq(timeout, jiffies + span)`).
 */
export const dueWithin = (tcb: Tcb, at: Nanos, spanUs: number): boolean => {
  const { timerTickMs } = tcb.knobs;
  if (timerTickMs === 0) return at <= tcb.now + spanUs * 1000;
  const tickNs = timerTickMs * 1e6;
  const phase = tickNs / 2;
  const jiffies = Math.floor((tcb.now + phase) / tickNs);
  return at <= (jiffies + Math.floor((spanUs * 1000) / tickNs) + 1) * tickNs - phase;
};

/** Rounds up to whole ticks, µs (Linux `usecs_to_jiffies`). */
export const wholeTicks = (tcb: Tcb, us: number): number => {
  const tick = tcb.knobs.timerTickMs * 1000;
  return tick === 0 ? us : Math.ceil(us / tick) * tick;
};

/** Arms the retransmission timer; it replaces what it was armed for. A paced sender waits that much longer (`tcp_reset_xmit_timer`). */
export const arm = (tcb: Tcb, kind: TimerKind, spanUs: number, addPacing: boolean): void => {
  const pacingUs = addPacing ? Math.max(0, (tcb.nextDepartureNs - tcb.now) / 1000) : 0;
  tcb.timer = kind;
  tcb.timerSpan = Math.round((spanUs + pacingUs) * 1000);
  tcb.timerAt = coarse(tcb, spanUs + pacingUs);
};

export const disarm = (tcb: Tcb): void => {
  tcb.timer = 'none';
  tcb.timerAt = NEVER;
};

/** RTO with its backoff, µs (RFC 6298 §5.5). */
export const backedOffRto = (tcb: Tcb, limitUs: number): number => {
  let rto = tcb.rtt.rtoUs;
  for (let i = 0; i < tcb.rtt.backoff && rto < limitUs; i++) rto *= 2;
  return Math.min(rto, limitUs);
};
