import { count } from '../numbers.ts';

/** Two significant digits where it is small, so that 0.05 % and 12 % both read well. */
const percent = (rate: number): string => `${String(Number((rate * 100).toPrecision(rate < 0.1 ? 2 : 3)))} %`;

export const words = {
  controls: 'Path',
  congestion: 'Congestion control',
  mixed: 'mixed',
  tls: 'TLS version',
  http: 'HTTP version',
  rtt: 'Round-trip time',
  rate: 'Bandwidth',
  queue: 'Queue',
  random: 'Random loss',
  burst: 'Burst loss',
  rttText: (ms: number): string => `${count(ms)} ms`,
  rateText: (mbps: number): string => `${count(mbps)} Mbit/s`,
  queueText: (packets: number): string => `${count(packets)} packets`,
  lossText: (rate: number): string => (rate === 0 ? 'none' : percent(rate)),
  did: {
    rtt: 'the round-trip time',
    rate: 'the bandwidth',
    queue: 'the queue',
    random: 'the random loss',
    burst: 'the bursts of loss',
    congestion: 'the congestion control',
    tls: 'the version of TLS',
    http: 'the version of HTTP',
  },
} as const;
