import type { Dissection } from './dissect.ts';
import type { Flow } from './flows.ts';
import type { FrameTable } from './frames.ts';

/** Less than this there and back, ns: both ends are on the machine that captured. */
const SAME_MACHINE = 100_000;
/** A side that answers within this part of the whole round trip is where the capture was taken. */
const AT_VANTAGE = 0.1;

/** One-way times in ns from the capture point to the two ends of a flow. */
export interface Delays {
  readonly toClient: number;
  readonly toServer: number;
  /** Whether the instants at that end were measured. */
  readonly atClient: boolean;
  readonly atServer: boolean;
  /** Seen at both ends (two interfaces). */
  readonly both: boolean;
}

/** Round trips from the capture point to the two addresses of a pair, the least of all flows between them. */
interface Pair {
  low: number;
  high: number;
  /** Least way from one to the other where packets were seen at both. */
  lowToHigh: number;
  highToLow: number;
}

const pairKey = (flow: Flow): string =>
  flow.client < flow.server
    ? `${String(flow.client)} ${String(flow.server)}`
    : `${String(flow.server)} ${String(flow.client)}`;

const NOTHING_KNOWN: Delays = { toClient: 0, toServer: 0, atClient: false, atServer: false, both: false };

/** What the two round trips tell: where the capture was taken, and how far the ends are from it. */
const fromRoundTrips = (client: number, server: number): Delays => {
  if (client === Infinity && server === Infinity) return NOTHING_KNOWN;
  // Only one side was heard to answer: the capture is taken to be at the other one.
  const toClient = client === Infinity ? 0 : client;
  const toServer = server === Infinity ? 0 : server;
  const whole = toClient + toServer;
  if (whole < SAME_MACHINE) return { toClient: 0, toServer: 0, atClient: true, atServer: true, both: false };
  const atClient = toClient <= whole * AT_VANTAGE;
  const atServer = toServer <= whole * AT_VANTAGE;
  return {
    toClient: atClient ? 0 : Math.round(toClient / 2),
    toServer: atServer ? 0 : Math.round(toServer / 2),
    atClient,
    atServer,
    both: false,
  };
};

/**
 * Where the capture was taken, for each flow: from SYN to SYN-ACK and from data to ACK it is one round trip to the side
 * that answers, nearly none to the side where the capture runs. Flows of one pair of addresses share what they tell.
 */
export const findVantage = (d: Dissection, frames: FrameTable): Delays[] => {
  const pairs = new Map<string, Pair>();
  const pairOf = (flow: Flow): Pair => {
    const key = pairKey(flow);
    let pair = pairs.get(key);
    if (!pair) pairs.set(key, (pair = { low: Infinity, high: Infinity, lowToHigh: Infinity, highToLow: Infinity }));
    return pair;
  };
  for (const flow of d.flows) {
    if (flow.protocol === 'other') continue;
    const pair = pairOf(flow);
    const clientIsLow = flow.client < flow.server;
    // What the client sent is answered by the server: the way there and back.
    const { up, down } = flow;
    if (clientIsLow) {
      pair.high = Math.min(pair.high, up.minRoundTrip);
      pair.low = Math.min(pair.low, down.minRoundTrip);
    } else {
      pair.low = Math.min(pair.low, up.minRoundTrip);
      pair.high = Math.min(pair.high, down.minRoundTrip);
    }
  }
  if (d.hasTwins) {
    const c = d.rows.columns;
    const times = frames.columns.time;
    for (let row = 0; row < d.rows.count; row++) {
      const twin = c.twin[row] as number;
      const flow = d.flows[c.flow[row] as number];
      if (twin < 0 || !flow) continue;
      const way = Math.max(0, (times[c.frame[twin] as number] as number) - (times[c.frame[row] as number] as number));
      const pair = pairOf(flow);
      const fromLow = (c.upward[row] === 1) === flow.client < flow.server;
      if (fromLow) pair.lowToHigh = Math.min(pair.lowToHigh, way);
      else pair.highToLow = Math.min(pair.highToLow, way);
    }
  }
  return d.flows.map((flow) => {
    const pair = pairs.get(pairKey(flow));
    if (!pair) return NOTHING_KNOWN;
    const clientIsLow = flow.client < flow.server;
    if (pair.lowToHigh < Infinity || pair.highToLow < Infinity) {
      const upward = clientIsLow ? pair.lowToHigh : pair.highToLow;
      const downward = clientIsLow ? pair.highToLow : pair.lowToHigh;
      return {
        toServer: upward < Infinity ? upward : downward,
        toClient: downward < Infinity ? downward : upward,
        atClient: true,
        atServer: true,
        both: true,
      };
    }
    return clientIsLow ? fromRoundTrips(pair.low, pair.high) : fromRoundTrips(pair.high, pair.low);
  });
};
