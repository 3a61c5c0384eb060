/** Names of the stepwise metrics that endpoints report; units as in the trace (bytes, ns, bits per second). */
export type SeriesName =
  | 'cwnd'
  | 'ssthresh'
  | 'inflight'
  | 'sndwnd'
  | 'rcvwnd'
  | 'rtt'
  | 'srtt'
  | 'rttvar'
  | 'rto'
  | 'pacing'
  | 'bandwidth';
