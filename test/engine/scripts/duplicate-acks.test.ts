import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

/** Classical: duplicate ACKs counted, no SACK, ten segments at first. */
const newreno: ScriptOptions = {
  open: 'server',
  profile: 'textbook',
  knobs: { initialWindow: 10 },
  peer: 'win 50000 mss 1000',
};

describe('finding a loss by duplicate ACKs', () => {
  it('RFC 5681 §3.2: the third duplicate ACK resends, the first two do nothing', () => {
    play(
      newreno,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1
      +0   quiet
      +0   in . 1 ack 1
      +0   quiet
      +0   is phase disorder
      +0   in . 1 ack 1
      +0   out . 1:1001 nth 2
      +0   is phase recovery
      +0   is ssthresh 5
      `,
    );
  });

  it('RFC 5681 §2: an ACK that moves the window is no duplicate', () => {
    play(
      newreno,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 win 50001
      +0   in . 1 ack 1 win 50002
      +0   in . 1 ack 1 win 50003
      +0   in . 1 ack 1 win 50004
      +0   quiet
      +0   is phase open
      `,
    );
  });

  it('RFC 5681 §2: an ACK with data is no duplicate', () => {
    play(
      newreno,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1:101 ack 1
      +0   out . 10001 ack 101
      +0   in . 101:201 ack 1
      +0   out . 10001 ack 201
      +0   in . 201:301 ack 1
      +0   out . 10001 ack 301
      +0   is phase open
      `,
    );
  });

  it('RFC 3042 §2: limited transmit sends one new segment on each of the first two duplicates', () => {
    play(
      { ...newreno, knobs: { initialWindow: 10, limitedTransmit: true } },
      `
      0    write 20000
      +0   out . 1:10001/1000
      100  in . 1 ack 1
      +0   out . 10001:11001
      +0   in . 1 ack 1
      +0   out . 11001:12001
      +0   in . 1 ack 1
      +0   out . 1:1001 nth 2
      `,
    );
  });

  it('RFC 5681 §3.2: without limited transmit the first two duplicates send nothing, though there is data', () => {
    play(
      newreno,
      `
      0    write 20000
      +0   out . 1:10001/1000
      100  in . 1 ack 1
      +0   quiet
      +0   in . 1 ack 1
      +0   quiet
      +0   in . 1 ack 1
      +0   out . 1:1001 nth 2
      `,
    );
  });

  it('RFC 6582 §3.2 step 3: a partial ACK resends the next hole at once', () => {
    play(
      newreno,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1
      +0   in . 1 ack 1
      +0   in . 1 ack 1
      +0   out . 1:1001 nth 2
      +0   in . 1 ack 1
      +0   in . 1 ack 1
      200  in . 1 ack 4001
      +0   out . 4001:5001 nth 2
      +0   is phase recovery
      300  in . 1 ack 10001
      +0   is cwnd 5
      `,
    );
  });

  it('RFC 6582 §3.2 step 2: duplicates of the same episode start no second one', () => {
    play(
      newreno,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1
      +0   in . 1 ack 1
      +0   in . 1 ack 1
      +0   out . 1:1001 nth 2
      200  in . 1 ack 10001
      +0   is ssthresh 5
      +0   in . 1 ack 10001
      +0   in . 1 ack 10001
      +0   in . 1 ack 10001
      +0   quiet
      +0   is ssthresh 5
      `,
    );
  });
});
