import type { ScenarioInput } from '../schema.ts';
import type { Preset } from './types.ts';

/** Far more than ten seconds carry: the run ends while it is sent. */
const ENDLESS = 100_000_000;
type Flow = ScenarioInput['flows'][number];

const bulk = (name: string, congestion: 'reno' | 'cubic' | 'bbr', more: Partial<Flow> = {}): Flow => ({
  name,
  tcp: { congestion },
  requests: [{ id: name, requestBytes: 100, responseBytes: ENDLESS }],
  close: 'none',
  ...more,
});

const bottleneck = { rttMs: 40, mbps: 20, queuePackets: 50 };

/** Congestion control on one bottleneck (RFC 5681, RFC 9438, BBR v1). */
export const congestion: readonly Preset[] = [
  {
    name: 'reno',
    tab: 'Congestion',
    title: 'Reno on a bottleneck',
    look: 'One segment more each round trip until the queue overflows, then half: the sawtooth.',
    scenario: {
      roundtrip: 1,
      title: 'Reno on a bottleneck',
      durationMs: 12_000,
      path: bottleneck,
      flows: [bulk('reno', 'reno')],
    },
    at: 5000,
    from: 0,
    to: 12_000,
  },
  {
    name: 'cubic',
    tab: 'Congestion',
    title: 'CUBIC on a bottleneck',
    look: 'After a loss the window falls to 0.7 and follows a cubic back: fast, then flat near where it was lost, then on.',
    scenario: {
      roundtrip: 1,
      title: 'CUBIC on a bottleneck',
      durationMs: 12_000,
      path: bottleneck,
      flows: [bulk('cubic', 'cubic')],
    },
    at: 5000,
    from: 0,
    to: 12_000,
  },
  {
    name: 'bbr',
    tab: 'Congestion',
    title: 'BBR on a bottleneck',
    look: 'It measures bandwidth and round trip, keeps the queue short, probes in cycles, and every ten seconds drains the path to look again.',
    scenario: {
      roundtrip: 1,
      title: 'BBR on a bottleneck',
      durationMs: 12_000,
      path: bottleneck,
      flows: [bulk('bbr', 'bbr')],
    },
    at: 10_200,
    from: 0,
    to: 12_000,
  },
  {
    name: 'two-flows',
    tab: 'Congestion',
    title: 'Two flows share a bottleneck',
    look: 'The second flow starts two seconds later into a full link; losses hit both, and after some fifteen seconds they share it evenly.',
    scenario: {
      roundtrip: 1,
      title: 'Two flows share a bottleneck',
      durationMs: 18_000,
      path: bottleneck,
      flows: [bulk('first', 'cubic'), bulk('second', 'cubic', { startMs: 2000 })],
    },
    at: 16_000,
    from: 0,
    to: 18_000,
  },
  {
    name: 'bufferbloat',
    tab: 'Congestion',
    title: 'Bufferbloat',
    look: 'Nothing is lost, so the download’s queue grows: a click on the page beside it waits up to two seconds, and what is only late is sent again.',
    scenario: {
      roundtrip: 1,
      title: 'Bufferbloat',
      path: { rttMs: 20, mbps: 10, queuePackets: 10_000 },
      flows: [
        {
          name: 'download',
          tcp: { congestion: 'reno' },
          requests: [{ id: 'download', requestBytes: 100, responseBytes: 8_000_000 }],
        },
        {
          name: 'page',
          startMs: 200,
          requests: Array.from({ length: 4 }, (_, i) => ({
            id: `click ${String(i + 1)}`,
            requestBytes: 100,
            responseBytes: 2000,
            delayMs: 100,
          })),
        },
      ],
    },
    at: 3200,
    from: 0,
    to: 7000,
    panels: ['sequence', 'rtt', 'queue'],
  },
];
