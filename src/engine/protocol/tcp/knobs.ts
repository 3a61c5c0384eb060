/** The named settings of a TCP; a profile is a full set, a scenario may override each alone. */
export interface TcpKnobs {
  readonly congestion: 'reno' | 'cubic' | 'bbr';
  /** Initial window, segments (RFC 6928). */
  readonly initialWindow: number;
  /** MSS announced, bytes (RFC 9293 §3.7.1); 0: MTU − 40. */
  readonly mss: number;
  readonly sack: boolean;
  readonly dsack: boolean;
  readonly timestamps: boolean;
  /** −1: not offered. */
  readonly windowScale: number;
  /** 0: each segment is ACKed at once. */
  readonly delayedAckMs: number;
  /** Most segments ACKed one by one at the start; 0: none (Linux `TCP_MAX_QUICKACKS`). */
  readonly quickAcks: number;
  readonly sackCompression: boolean;
  readonly nagle: boolean;
  readonly recovery: 'newreno' | 'sack' | 'rack';
  readonly limitedTransmit: boolean;
  readonly tlp: boolean;
  readonly prr: boolean;
  readonly frto: boolean;
  readonly hystart: boolean;
  readonly minRtoMs: number;
  readonly initialRtoMs: number;
  readonly pacing: boolean;
  readonly receiveWindow: number;
  readonly receiveWindowMax: number;
  readonly receiveAutotuning: boolean;
  readonly ecn: boolean;
  /** request: the client asks for a cookie; cookie: it has one, and data goes on the SYN; rejected: the server refuses that (RFC 7413). */
  readonly fastOpen: 'off' | 'request' | 'cookie' | 'rejected';
  /** 0: timers are exact. */
  readonly timerTickMs: number;
  readonly slowStartAfterIdle: boolean;
  readonly timeWaitMs: number;
  readonly turnaroundUs: number;
  /** The application asks for keep-alive probes (SO_KEEPALIVE). */
  readonly keepAlive: boolean;
  /** Silence before the first probe, between probes, and how many go unanswered before the connection is given up. */
  readonly keepAliveMs: number;
  readonly keepAliveIntervalMs: number;
  readonly keepAliveProbes: number;
  /** Time that an application needs to wake up and act, µs. */
  readonly wakeUs: number;
  /** An application that found the send buffer full looks again each so many ms; 0: it is told of room. */
  readonly writePollMs: number;
  /** RTO counts from the RTT's variation with a floor on the variation (Linux) or on the sum (RFC 6298 §2.4). */
  readonly rtoFloor: 'variation' | 'sum';
  /** Receive memory is counted with its overhead, as Linux does; else in payload bytes. */
  readonly bufferOverhead: boolean;
  /** First sequence number is 0, so that relative and real ones agree on the blackboard. */
  readonly zeroIsn: boolean;
}

export type Profile = 'linux' | 'rfc' | 'textbook';

/** Linux 6.18; symbol of each constant beside it. */
const linux: TcpKnobs = {
  congestion: 'cubic', // CONFIG_DEFAULT_TCP_CONG
  initialWindow: 10, // TCP_INIT_CWND
  mss: 0, // dst_metric_advmss: MTU − 40
  sack: true, // sysctl_tcp_sack
  dsack: true, // sysctl_tcp_dsack
  timestamps: true, // sysctl_tcp_timestamps
  windowScale: 10, // tcp_select_initial_window: ilog2(sysctl_tcp_rmem[2]) − 15
  delayedAckMs: 40, // TCP_DELACK_MIN, HZ/25
  quickAcks: 16, // TCP_MAX_QUICKACKS
  sackCompression: true, // sysctl_tcp_comp_sack_nr 44, sysctl_tcp_comp_sack_delay_ns 1 ms
  nagle: true, // tcp_nagle_test with Minshall's change
  recovery: 'rack', // tcp_rack_mark_lost
  limitedTransmit: true, // tcp_write_xmit in Disorder (RFC 3042)
  tlp: true, // sysctl_tcp_early_retrans 3
  prr: true, // tcp_cwnd_reduction
  frto: true, // sysctl_tcp_frto 2
  hystart: true, // tcp_cubic hystart
  minRtoMs: 200, // TCP_RTO_MIN, sysctl_tcp_rto_min_us
  initialRtoMs: 1000, // TCP_TIMEOUT_INIT
  pacing: false, // SK_PACING_NONE but for BBR
  receiveWindow: 131072, // sysctl_tcp_rmem[1]: buffer; half of it is window at first (TCP_DEFAULT_SCALING_RATIO)
  receiveWindowMax: 33554432, // sysctl_tcp_rmem[2]
  receiveAutotuning: true, // sysctl_tcp_moderate_rcvbuf
  ecn: false, // sysctl_tcp_ecn 2: only where the peer asks
  fastOpen: 'off', // sysctl_tcp_fastopen 1: only where the application asks
  timerTickMs: 4, // HZ 250
  slowStartAfterIdle: true, // sysctl_tcp_slow_start_after_idle
  timeWaitMs: 60000, // TCP_TIMEWAIT_LEN
  turnaroundUs: 12, // measured: fixtures, median from arrival to answer
  keepAlive: false, // RFC 9293 §3.8.4: off unless asked for (MUST-25)
  keepAliveMs: 7_200_000, // sysctl_tcp_keepalive_time; RFC 9293 §3.8.4: two hours at least (MUST-28)
  keepAliveIntervalMs: 75_000, // sysctl_tcp_keepalive_intvl
  keepAliveProbes: 9, // sysctl_tcp_keepalive_probes
  wakeUs: 40, // measured: from a request's arrival to the answer's first segment, less the turnaround
  writePollMs: 2, // measured: the fixtures' server looks for room each 2 ms
  rtoFloor: 'variation', // tcp_rtt_estimator: mdev_max_us ≥ tcp_rto_min_us
  bufferOverhead: true, // sk_rmem_alloc counts skb->truesize
  zeroIsn: false,
};

/** The RFCs at their recommended values. */
const rfc: TcpKnobs = {
  ...linux,
  initialWindow: 10, // RFC 6928 §2
  windowScale: 7, // RFC 7323 §2
  delayedAckMs: 200, // RFC 9293 §3.8.6.3: below 500 ms, second segment at once
  quickAcks: 0,
  sackCompression: false,
  nagle: true, // RFC 9293 §3.7.4
  hystart: false,
  minRtoMs: 1000, // RFC 6298 §2.4
  initialRtoMs: 1000, // RFC 6298 §2.1
  receiveWindow: 65535,
  receiveWindowMax: 4194304,
  timerTickMs: 0,
  timeWaitMs: 240000, // 2·MSL, MSL 2 min (RFC 9293 §3.4.2)
  turnaroundUs: 0,
  wakeUs: 0,
  rtoFloor: 'sum',
  bufferOverhead: false,
};

/** Kurose & Ross, Stevens: the blackboard's TCP. */
const textbook: TcpKnobs = {
  ...rfc,
  congestion: 'reno',
  initialWindow: 1,
  dsack: false,
  timestamps: false,
  delayedAckMs: 0,
  nagle: false,
  recovery: 'newreno',
  limitedTransmit: false,
  sack: false,
  tlp: false,
  prr: false,
  frto: false,
  receiveWindow: 1048576,
  receiveWindowMax: 1048576,
  receiveAutotuning: false,
  slowStartAfterIdle: false,
  zeroIsn: true,
};

export const profiles: Readonly<Record<Profile, TcpKnobs>> = { linux, rfc, textbook };

/** A profile with single knobs overridden. Without SACK, recovery falls back to NewReno and there is no tail-loss probe. */
export const knobsOf = (profile: Profile, overrides: Partial<TcpKnobs>): TcpKnobs => {
  const merged: Record<string, unknown> = { ...profiles[profile] };
  for (const [name, value] of Object.entries(overrides)) {
    if (value !== undefined) merged[name] = value;
  }
  return merged as unknown as TcpKnobs;
};
