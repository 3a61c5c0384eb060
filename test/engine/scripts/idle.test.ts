import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const linux: ScriptOptions = { open: 'client', knobs: senderKnobs };

/** Two rounds of slow start: ten segments, then twenty. */
const rounds = `
      0     write 30000
      +0    out . 1:10001/1000
      100   in . 1 ack 10001
      +0    out . 10001:30001/1000
      200   in . 1 ack 30001
      +0    is cwnd 40`;

describe('slow start and idleness', () => {
  it('RFC 5681 §3.1: the window grows by one segment for each acknowledged', () => {
    play(linux, rounds);
  });

  it('RFC 6928 §2: ten segments at first', () => {
    play(linux, `0 write 30000\n+0 out . 1:10001/1000\n+0 quiet`);
    play({ open: 'client', profile: 'textbook', peer: 'mss 1000' }, `0 write 30000\n+0 out . 1:1001\n+0 quiet`);
  });

  it('RFC 5681 §4.1: after an idle RTO the window is halved for each, down to the initial one', () => {
    play(
      linux,
      `${rounds}
      # RTO is 300 ms: 600 ms idle are one RTO and a part of the next
      +500  write 60000
      +0    is cwnd 20
      +0    out . 30001:50001/1000
      `,
    );
  });

  it('RFC 5681 §4.1: a long idleness ends at the initial window', () => {
    play(
      linux,
      `${rounds}
      +60000 write 60000
      +0     is cwnd 10
      +0     out . 30001:40001/1000
      `,
    );
  });

  it('RFC 5681 §4.1: a short one changes nothing', () => {
    play(
      linux,
      `${rounds}
      +150  write 60000
      +0    out . 30001:70001/1000
      `,
    );
  });

  it('Linux sysctl_tcp_slow_start_after_idle 0: no restart at all', () => {
    play(
      { ...linux, knobs: { ...senderKnobs, slowStartAfterIdle: false } },
      `${rounds}
      +60000 write 60000
      +0     out . 30001:70001/1000
      `,
    );
  });

  it('RFC 7661: a window that is not used does not grow', () => {
    play(
      linux,
      `
      0     write 3000
      +0    out . 1:3001/1000
      100   in . 1 ack 3001
      +0    is cwnd 10
      +0    write 3000
      +0    out . 3001:6001/1000
      200   in . 1 ack 6001
      +0    is cwnd 10
      `,
    );
  });

  it('RFC 5681 §3.1: congestion avoidance adds one segment a round trip', () => {
    play(
      { ...linux, knobs: { ...senderKnobs, tlp: false } },
      `
      0     write 90000
      +0    out . 1:10001/1000
      100   in . 1 ack 1 sack 1001:10001
      +0    out . 1:1001 nth 2
      +0    out . 10001:14001/1000
      200   in . 1 ack 14001
      +0    is cwnd 6              # 5 at the end of recovery, and 5 were acknowledged
      +0    out . 14001:20001/1000
      300   in . 1 ack 20001
      +0    out . 20001:27001/1000
      +0    is cwnd 7
      400   in . 1 ack 27001
      +0    out . 27001:35001/1000
      +0    is cwnd 8
      `,
    );
  });
});
