import type { Preset } from './types.ts';

const megabyte = { name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 1_000_000 }] };
const path = { rttMs: 40, mbps: 20 };
/** Seventy segments, the last of them short. */
const short = (tlp: boolean) => ({
  name: 'page',
  tcp: { tlp },
  requests: [{ id: 'all', requestBytes: 100, responseBytes: 100_000 }],
  close: 'client' as const,
});

/** How losses are found and repaired (RFC 5681, RFC 6675, RFC 8985, RFC 6298). */
export const loss: readonly Preset[] = [
  {
    name: 'one-lost-segment',
    tab: 'Loss',
    title: 'One lost segment',
    look: 'One packet of 692 is lost: everything behind it arrives, and waits 43 ms for its repair.',
    scenario: {
      roundtrip: 1,
      title: 'One lost segment',
      path: { ...path, loss: [{ dir: 'down', data: [30] }] },
      flows: [megabyte],
    },
    at: 186.4,
    from: 96,
    to: 262,
    select: { dir: 'down', data: 71 },
  },
  {
    name: 'three-lost',
    tab: 'Loss',
    title: 'Three lost segments',
    look: 'Three holes, one episode: SACK tells the server which three to send again, and the window is cut once.',
    scenario: {
      roundtrip: 1,
      title: 'Three lost segments',
      path: { ...path, loss: [{ dir: 'down', data: [30, 31, 45] }] },
      flows: [megabyte],
    },
    at: 187.3,
    from: 96,
    to: 262,
  },
  {
    name: 'lost-retransmission',
    tab: 'Loss',
    title: 'The repair is lost, too',
    look: 'The retransmission of #30 dies as well; later segments that arrive prove it, and it goes once more without a time-out.',
    scenario: {
      roundtrip: 1,
      title: 'The repair is lost, too',
      path: {
        ...path,
        loss: [{ dir: 'down', data: [30] }],
        touched: [{ flow: 'page', dir: 'down', offset: 41_992, nth: 2, drop: true }],
      },
      flows: [megabyte],
    },
    at: 226.9,
    from: 96,
    to: 280,
  },
  {
    name: 'tail-loss-probe',
    tab: 'Loss',
    title: 'Tail loss, with a probe',
    look: 'Nothing follows the last two segments that could tell of their loss: a probe sends the last again, and its SACK shows the hole.',
    scenario: {
      roundtrip: 1,
      title: 'Tail loss, with a probe',
      path: { ...path, loss: [{ dir: 'down', data: [69, 70] }] },
      flows: [short(true)],
    },
    at: 354.2,
    from: 130,
    to: 465,
  },
  {
    name: 'tail-loss-timeout',
    tab: 'Loss',
    title: 'Tail loss, without a probe',
    look: 'The same loss with tail-loss probes off: only the retransmission timer is left, and the window falls to one segment.',
    scenario: {
      roundtrip: 1,
      title: 'Tail loss, without a probe',
      path: { ...path, loss: [{ dir: 'down', data: [69, 70] }] },
      flows: [short(false)],
    },
    at: 472.4,
    from: 130,
    to: 635,
  },
  {
    name: 'lost-acks',
    tab: 'Loss',
    title: 'Lost acknowledgments',
    look: 'Nine ACKs in a row are lost and nothing is sent again: the next one acknowledges everything before it.',
    scenario: {
      roundtrip: 1,
      title: 'Lost acknowledgments',
      path: { ...path, loss: [{ dir: 'up', packets: [14, 15, 16, 17, 18, 19, 20, 21, 22] }] },
      flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 200_000 }] }],
    },
    at: 143,
    from: 96,
    to: 240,
  },
];
