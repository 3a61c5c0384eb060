import { fromMs, toMs } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';
import { isUpward } from '../trace/direction.ts';
import { Fate, NONE } from '../trace/types.ts';
import type { Trace } from '../trace/types.ts';
import type { Scenario } from '../scenario/schema.ts';
import { identityOf } from './identity.ts';
import { pathOf, withPath, withTouch } from './scenario/path.ts';

/** One loss for all ways of a comparison: what is on the wire at an instant, or the n-th data packet from the server, from 1. */
export type Strike = { readonly at: Nanos } | { readonly data: number };

/** No run has more data packets than can be counted here. */
const MOST = 1_000_000;
const DAY_MS = 86_400_000;

/** As one word for the URL: `312.4ms`, or `30` for the 30th data packet. */
export const strikeWord = (strike: Strike): string =>
  'at' in strike ? `${String(Number(toMs(strike.at).toFixed(6)))}ms` : String(strike.data);

/** Reads `strikeWord`; null where it is not one. */
export const parseStrike = (word: string): Strike | null => {
  const [, ms, data] = /^(?:(\d{1,9}(?:\.\d{1,6})?)ms|(\d{1,7}))$/.exec(word) ?? [];
  if (ms !== undefined) return Number(ms) <= DAY_MS ? { at: fromMs(Number(ms)) } : null;
  const n = Number(data);
  return data !== undefined && n >= 1 && n <= MOST ? { data: n } : null;
};

/** The data packet towards a client that is on the wire at an instant, the last to have gone out; else the next one. NONE: none. */
export const onTheWire = (trace: Trace, time: number): number => {
  const p = trace.packets;
  let found: number = NONE;
  for (let i = 0; i < trace.packetCount; i++) {
    if (p.payload[i] === 0 || p.fate[i] !== Fate.Delivered || p.hop[i] !== 0 || isUpward(trace, i)) continue;
    if ((p.start[i] as number) <= time) {
      if ((p.arrived[i] as number) > time) found = i;
    } else if (found === NONE) return i;
  }
  return found;
};

/** The scenario with the loss; `trace`: its run without, for what is on the wire there. */
export const struck = (scenario: Scenario, trace: Trace | null, strike: Strike): Scenario => {
  if ('data' in strike)
    return withPath(scenario, {
      loss: [...pathOf(scenario).loss, { dir: 'down', data: [strike.data], at: 'egress' }],
    });
  const identity = trace && identityOf(trace, onTheWire(trace, strike.at));
  return identity ? withTouch(scenario, identity, { drop: true }) : scenario;
};
