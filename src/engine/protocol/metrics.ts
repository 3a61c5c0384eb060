/** Stepwise metrics that endpoints report, by index; units as in the trace (bytes, ns, bits per second). */
export const Metric = {
  cwnd: 0,
  ssthresh: 1,
  inflight: 2,
  sndwnd: 3,
  rcvwnd: 4,
  rtt: 5,
  srtt: 6,
  rto: 7,
  pacing: 8,
} as const;
export type Metric = (typeof Metric)[keyof typeof Metric];

/** Names in the trace, in order of the indices. */
export const METRIC_NAMES = [
  'cwnd',
  'ssthresh',
  'inflight',
  'sndwnd',
  'rcvwnd',
  'rtt',
  'srtt',
  'rto',
  'pacing',
] as const;
