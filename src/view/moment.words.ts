import type { Nanos } from '../base/time.ts';
import { isQuic } from '../packet/protected.ts';
import { momentAt } from '../session/moment.ts';
import type { Trace } from '../trace/types.ts';
import { counted, msText } from './numbers.ts';

/**
 * "12.4 ms, server ESTABLISHED, 3 packets in flight": the slider's value, and what the live region says at a stop.
 * `observed`: without the states of QUIC, which nobody outside can tell.
 */
export const momentWords = (trace: Trace, time: Nanos, observed = false, flow = 0): string => {
  const moment = momentAt(trace, time, flow);
  const states = observed && isQuic(trace, flow) ? [] : moment.states;
  const server = states.filter((state) => trace.nodes[state.node]?.role === 'server');
  const said = server.length > 0 ? server : states.slice(0, 1);
  return [
    `${msText(time)} ms`,
    ...said.map((state) => `${state.name.toLowerCase()} ${state.label}`),
    `${counted(moment.inFlight, 'packet')} in flight`,
  ].join(', ');
};
