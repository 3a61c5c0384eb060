import { fromMs, nanos, NEVER } from '../../../base/time.ts';
import { transportErrorName } from '../../../wire/quic/codes.ts';
import type { Core, QuicNotice } from './core.ts';

/** How a connection ends (RFC 9000 §10). */

/** Closing and draining last three PTOs (RFC 9000 §10.2). */
const DRAIN_PTOS = 3;

const ptoOf = (core: Core): number => core.rtt.pto + fromMs(core.limits.maxAckDelayMs);

const stop = (core: Core): void => {
  core.drainedAt = nanos(core.now + DRAIN_PTOS * ptoOf(core));
  for (const space of core.spaces) {
    space.probes = 0;
    space.lossTime = NEVER;
    space.ackAt = NEVER;
    space.ackNow = false;
  }
  core.outbox.length = 0;
  core.undecryptable.length = 0;
  core.busyUntil = NEVER;
};

/** This end closes: CONNECTION_CLOSE at once, and again when the peer goes on (RFC 9000 §10.2.1). `frameType` null: the application. */
export const closeWith = (core: Core, code: number, frameType: number | null, reason: string): void => {
  if (core.isEnding || core.state === 'IDLE') return;
  core.move('CLOSE');
  stop(core);
  core.closing = { kind: 'connectionClose', code, frameType, reason };
  core.closeDue = true;
  const isError = frameType !== null;
  const what = isError ? `${transportErrorName(code)}: ${reason}` : reason || 'the application is done';
  core.notify({ type: 'closed', by: isError ? 'error' : 'us', sentence: `Closed by this end: ${what}` });
};

/** The peer closed, or reset: nothing is sent any more (RFC 9000 §10.2.2). */
export const drain = (core: Core, by: 'peer' | 'reset', sentence: string): void => {
  const wasEnding = core.isEnding;
  if (!core.move(by === 'peer' ? 'RCV_CLOSE' : 'RCV_RESET')) return;
  stop(core);
  core.closeDue = false;
  if (!wasEnding) core.notify({ type: 'closed', by, sentence });
};

/** A packet came while closing: the close is said again, ever more rarely (RFC 9000 §10.2.1). */
export const heardWhileClosing = (core: Core): void => {
  if (core.state !== 'CLOSING') return;
  if (++core.closeHeard < core.closeAgainAt) return;
  core.closeHeard = 0;
  core.closeAgainAt *= 2;
  core.closeDue = true;
};

/** When silence ends the connection: the smaller of both sides' times, three PTOs at least (RFC 9000 §10.1). */
export const idleAt = (core: Core): number => {
  if (!core.isAlive) return NEVER;
  const mine = core.knobs.idleTimeoutMs;
  const theirs = core.limits.idleMs;
  const ms = mine > 0 && theirs > 0 ? Math.min(mine, theirs) : Math.max(mine, theirs);
  return ms === 0 ? NEVER : nanos(core.idleFrom + Math.max(fromMs(ms), DRAIN_PTOS * ptoOf(core)));
};

export const onIdle = (core: Core): void => {
  end(core, 'IDLE', { type: 'closed', by: 'idle', sentence: 'Closed: nothing was heard for the idle time.' });
};

export const end = (core: Core, event: 'IDLE' | 'DRAINED' | 'FORGET', notice: QuicNotice | null): void => {
  if (!core.move(event)) return;
  stop(core);
  core.drainedAt = NEVER;
  core.closeDue = false;
  if (notice) core.notify(notice);
};
