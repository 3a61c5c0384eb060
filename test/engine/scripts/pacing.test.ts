import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

/** A round trip of 100 ms and segments of 1000 bytes: a window of w segments is w · 10,000 bytes a second. */
const paced: ScriptOptions = { open: 'client', knobs: { ...senderKnobs, pacing: true, tlp: false } };

describe('pacing', () => {
  it('Linux tcp_update_skb_after_send: the first ten segments leave at once', () => {
    play(paced, `0 write 10000\n+0 out . 1:10001/1000\n+0 quiet`);
  });

  it('Linux tcp_update_pacing_rate: 200 % of the window a round trip in slow start', () => {
    play(
      paced,
      `
      0      write 60000
      +0     out . 1:10001/1000
      100    in . 1 ack 10001
      +0     is cwnd 20
      +0     is pacing 400000
      # 2.5 ms apart; the second makes good what the timer was late, at most half a gap
      +0     out . 10001:11001
      +1.25  out . 11001:12001
      +2.5   out . 12001:13001
      +2.5   out . 13001:14001
      +2.5   out . 14001:15001
      +2.4   quiet
      +0.1   out . 15001:16001
      +2.49  quiet
      `,
    );
  });

  it('Linux tcp_pacing_ca_ratio: 120 % once the window is half of ssthresh, rounded down', () => {
    play(
      paced,
      `
      0      write 10000
      +0     out . 1:10001/1000
      +300   out . 1:1001
      +0     is ssthresh 5
      +100   in . 1 ack 1001
      +0     is cwnd 2
      # what is out counts where it is more than the window: 1.2 · 9 · 10,000 bytes a second
      +0     is pacing 108000
      +0     out . 1001:2001
      +4.63~0.001 out . 2001:3001
      +0     quiet
      `,
    );
  });

  it('off, as in every profile: the whole window leaves with the ACK', () => {
    play(
      { open: 'client', knobs: senderKnobs },
      `
      0      write 60000
      +0     out . 1:10001/1000
      100    in . 1 ack 10001
      +0     out . 10001:30001/1000
      `,
    );
  });
});
