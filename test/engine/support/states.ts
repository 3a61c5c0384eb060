import type { TcpState } from '../../../src/engine/protocol/tcp/machine.ts';
import { Pair } from './pair.ts';
import type { End, PairOptions } from './pair.ts';

/** A pair with one end, the subject, in a given state, by the shortest way that leads there. */
export interface Stage {
  readonly pair: Pair;
  readonly subject: End;
  readonly peer: End;
}

const stage = (pair: Pair, subject: End): Stage => ({ pair, subject, peer: pair.peerOf(subject) });
const fresh = (options: PairOptions): Stage => {
  const pair = new Pair(options);
  return stage(pair, pair.a);
};
const connected = (options: PairOptions): Stage => {
  const pair = new Pair(options).connect().pass(1000);
  return stage(pair, pair.a);
};
const reach = (made: Stage, state: TcpState): Stage => {
  made.pair.until(() => made.subject.state === state, 10_000);
  return made;
};

/** One builder for each state of RFC 9293 §3.3.2. */
export const stages: Readonly<Record<TcpState, (options?: PairOptions) => Stage>> = {
  CLOSED: (options = {}) => fresh(options),
  LISTEN: (options = {}) => {
    const made = fresh(options);
    made.pair.do(made.subject, { type: 'listen' });
    return made;
  },
  'SYN-SENT': (options = {}) => {
    const made = fresh(options);
    made.pair.do(made.subject, { type: 'open' });
    return made;
  },
  'SYN-RECEIVED': (options = {}) => {
    const pair = new Pair(options).open();
    return reach(stage(pair, pair.b), 'SYN-RECEIVED');
  },
  ESTABLISHED: (options = {}) => connected(options),
  'FIN-WAIT-1': (options = {}) => {
    const made = connected(options);
    made.pair.do(made.subject, { type: 'shutdown' });
    return made;
  },
  'FIN-WAIT-2': (options = {}) => reach(stages['FIN-WAIT-1'](options), 'FIN-WAIT-2'),
  'CLOSE-WAIT': (options = {}) => {
    const made = connected(options);
    made.pair.do(made.peer, { type: 'shutdown' });
    return reach(made, 'CLOSE-WAIT');
  },
  CLOSING: (options = {}) => {
    const made = connected(options);
    made.pair.do(made.subject, { type: 'shutdown' }).do(made.peer, { type: 'shutdown' });
    return reach(made, 'CLOSING');
  },
  'LAST-ACK': (options = {}) => {
    const made = stages['CLOSE-WAIT'](options);
    made.pair.do(made.subject, { type: 'shutdown' });
    return made;
  },
  'TIME-WAIT': (options = {}) => {
    const made = stages['FIN-WAIT-2'](options);
    made.pair.do(made.peer, { type: 'shutdown' });
    return reach(made, 'TIME-WAIT');
  },
};
