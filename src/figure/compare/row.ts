import { emptyRoundTrip, phasesOf } from '../../trace/query/phases.ts';
import type { Phases } from '../../trace/query/phases.ts';
import type { Compared } from '../types.ts';

/** One run of a comparison, and where it stands in the picture. */
export interface Row {
  readonly run: Compared;
  readonly phases: Phases;
  /** Round trips of an empty path until the first byte; NaN where it never came. */
  readonly roundTrips: number;
  /** Lifelines of server and client, and the bar of phases below them, px. */
  readonly server: number;
  readonly client: number;
  readonly bar: number;
  readonly barHeight: number;
}

export const rowOf = (run: Compared, top: number, height: number, s: number): Row => {
  const phases = phasesOf(run.trace, 0);
  const rtt = emptyRoundTrip(run.trace, 0);
  // A waterfall needs a line for each resource, a budget one bar.
  const many = run.trace.requests.length > 1;
  const barHeight = many ? height * 0.45 : Math.min(18 * s, height * 0.2);
  return {
    run,
    phases,
    roundTrips: rtt > 0 ? (phases.firstByte - phases.began) / rtt : NaN,
    server: top + 8 * s,
    client: top + height - barHeight - 22 * s,
    bar: top + height - barHeight - 14 * s,
    barHeight,
  };
};

/** Round trips as people count them: what serialization and the hosts' work add stays below a seventh. */
export const roundTripText = (n: number): string => {
  if (Number.isNaN(n)) return 'no answer';
  const whole = Math.floor(n + 1e-9);
  return `${n - whole < 1 / 7 ? String(whole) : n.toFixed(1)} RTT`;
};
