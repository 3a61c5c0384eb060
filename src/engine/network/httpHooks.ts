import type { Nanos } from '../../base/time.ts';
import type { HttpHooks } from '../protocol/http/notices.ts';
import type { TraceProbe } from './probe.ts';

/** What an end of HTTP reports while it works, written at the instants of its clock. */
export const hooksOf = (probe: TraceProbe, clock: () => Nanos): HttpHooks => ({
  streamState: (stream, request, state) => {
    probe.streamState(clock(), stream, request, state);
  },
  held: (request, hold) => {
    probe.held(clock(), request, hold);
  },
});
