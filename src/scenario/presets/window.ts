import type { Preset } from './types.ts';

/** Windows: how much may be under way (RFC 9293 §3.8). */
export const windows: readonly Preset[] = [
  {
    name: 'slow-start',
    tab: 'Window',
    title: 'Slow start to the limit of the window',
    look: 'The flight doubles each round trip until it fills what the receiver has room for; from there throughput is window by round trip.',
    scenario: {
      roundtrip: 1,
      title: 'Slow start to the limit of the window',
      path: { rttMs: 80, mbps: 50 },
      flows: [
        {
          name: 'page',
          requests: [{ id: 'all', requestBytes: 100, responseBytes: 2_000_000 }],
          read: { buffer: 131_072 },
        },
      ],
    },
    at: 500,
    from: 60,
    to: 900,
  },
  {
    name: 'zero-window',
    tab: 'Window',
    title: 'Zero window',
    look: 'The application sleeps, its buffer fills, the window closes; the server knocks at doubling intervals until there is room.',
    scenario: {
      roundtrip: 1,
      title: 'Zero window',
      path: { rttMs: 80, mbps: 10 },
      flows: [
        {
          name: 'page',
          requests: [{ id: 'all', requestBytes: 100, responseBytes: 60_000 }],
          read: { pauseMs: 3000, buffer: 16_384 },
          // The server has no FIN of its own to send while it waits.
          close: 'client',
        },
      ],
    },
    at: 1342.2,
    from: 60,
    to: 3680,
  },
  {
    name: 'nagle',
    tab: 'Window',
    title: 'Nagle meets the delayed ACK',
    look: 'The second small write waits for an ACK, the ACK waits 40 ms for something to ride on: each round costs the sum.',
    scenario: {
      roundtrip: 1,
      title: 'Nagle meets the delayed ACK',
      path: { rttMs: 40, mbps: 20 },
      flows: [
        {
          name: 'rounds',
          requests: [1, 2, 3, 4].map((round) => ({
            id: `round ${String(round)}`,
            requestWrites: [20, 20],
            responseBytes: 10,
          })),
          close: 'client',
        },
      ],
    },
    at: 182,
    from: 32,
    to: 385,
  },
];
