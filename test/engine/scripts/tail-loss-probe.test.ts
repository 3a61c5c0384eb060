import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const linux: ScriptOptions = { open: 'client', knobs: senderKnobs };

describe('the tail-loss probe', () => {
  it('RFC 8985 §7.2: after two round trips and two ms, the last segment again; the timer then does the rest', () => {
    play(
      linux,
      `
      0     write 3000
      +0    out . 1:3001/1000
      202   out . 2001:3001 nth 2
      +300  out . 1:1001 nth 2    # the timer restarts with the probe
      `,
    );
  });

  it('Linux TCP_TIMEOUT_MIN_US: the two ms are added before the wait is rounded to ticks of 4 ms', () => {
    play(
      { ...linux, knobs: { ...senderKnobs, timerTickMs: 4 } },
      `
      0       write 3000
      +0      out . 1:3001/1000
      206~1.9 out . 2001:3001 nth 2   # 51 ticks and the rest of the first
      `,
    );
  });

  it('RFC 8985 §7.3: new data, where there is some', () => {
    play(
      linux,
      `
      0     write 11000
      +0    out . 1:10001/1000
      202   out . 10001:11001 nth 1
      `,
    );
  });

  it('RFC 8985 §7.3: one probe for each episode', () => {
    play(
      linux,
      `
      0     write 3000
      +0    out . 1:3001/1000
      202   out . 2001:3001 nth 2
      501   quiet
      `,
    );
  });

  it('RFC 8985 §7.3: RACK repairs the rest of the tail when the probe is SACKed', () => {
    play(
      linux,
      `
      0     write 5000
      +0    out . 1:5001/1000
      100   in . 1 ack 2001
      # 3, 4 and 5 are lost
      +202  out . 4001:5001 nth 2
      402   in . 1 ack 2001 sack 4001:5001
      +0    out . 2001:3001 nth 2
      +0    is phase recovery
      `,
    );
  });

  it('RFC 8985 §7.4.2: the probe repaired a loss, so the window falls', () => {
    play(
      linux,
      `
      0     write 10000
      +0    out . 1:10001/1000
      100   in . 1 ack 9001
      +0    is cwnd 19
      +300~1 out . 9001:10001 nth 2
      +100  in . 1 ack 10001
      +0    write 1000
      +0    out . 10001:11001
      +100  in . 1 ack 11001
      +0    is ssthresh 10
      `,
    );
  });

  it('RFC 8985 §7.4.1: the probe was needless (DSACK), and the window stays', () => {
    play(
      linux,
      `
      0     write 10000
      +0    out . 1:10001/1000
      100   in . 1 ack 8001
      # the ACK of the rest is lost
      +202  out . 9001:10001 nth 2
      +100  in . 1 ack 10001 sack 9001:10001
      +0    is ssthresh 2147483647
      +0    write 1000
      +0    out . 10001:11001
      +100  in . 1 ack 11001
      +0    is phase open
      `,
    );
  });

  it('RFC 8985 §7.1: no probe without SACK', () => {
    play(
      { ...linux, peer: 'mss 1000' },
      `
      0     write 3000
      +0    out . 1:3001/1000
      299   quiet
      300   out . 1:1001 nth 2
      `,
    );
  });
});
