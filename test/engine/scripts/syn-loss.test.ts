import { describe, it } from 'vitest';
import { play } from '../support/script.ts';

const exact = { timerTickMs: 0 };

describe('losing the handshake', () => {
  it('RFC 6298 §2.1, §5.5: profile rfc sends the SYN again after 1 s and doubles', () => {
    play(
      { profile: 'rfc' },
      `
      0     open
      +0    out S 0:1 nth 1
      1000  out S 0:1 nth 2
      3000  out S 0:1 nth 3
      7000  out S 0:1 nth 4
      15000 out S 0:1 nth 5
      31000 out S 0:1 nth 6
      63000 out S 0:1 nth 7
      `,
    );
  });

  it('Linux sysctl_tcp_syn_linear_timeouts: four waits of 1 s are equal before doubling', () => {
    play(
      { knobs: exact },
      `
      0     open
      +0    out S 0:1
      1000  out S 0:1
      2000  out S 0:1
      3000  out S 0:1
      4000  out S 0:1
      5000  out S 0:1
      7000  out S 0:1
      `,
    );
  });

  it('Linux tcp_write_timeout: ten SYNs again (6 tries and 4 linear ones), the last at 67 s, given up at 131 s', () => {
    play(
      { knobs: exact },
      `
      0     open
      +0    out S 0:1
      1000  out S 0:1
      2000  out S 0:1
      3000  out S 0:1
      4000  out S 0:1
      5000  out S 0:1
      7000  out S 0:1
      11000 out S 0:1
      19000 out S 0:1
      35000 out S 0:1
      67000 out S 0:1
      130900 is state SYN-SENT
      131100 hears timed-out
      +0    is state CLOSED
      `,
    );
  });

  it('RFC 9293 §3.8.3 (MUST-23): profile rfc tries a SYN for at least three minutes', () => {
    play(
      { profile: 'rfc' },
      `
      0      open
      +0     out S 0:1
      1000   out S 0:1
      3000   out S 0:1
      7000   out S 0:1
      15000  out S 0:1
      31000  out S 0:1
      63000  out S 0:1
      127000 out S 0:1
      179000 is state SYN-SENT
      400000 hears timed-out
      `,
    );
  });

  it('RFC 6298 §5: the SYN-ACK is repeated after 1 s, doubling from the first', () => {
    play(
      { knobs: exact },
      `
      0     listen
      +0    in S 0:1 mss 1000
      +0    out S. 0:1 ack 1
      1000  out S. 0:1 ack 1 nth 2
      3000  out S. 0:1 ack 1 nth 3
      7000  out S. 0:1 ack 1
      +10   in . 1 ack 1
      +0    is state ESTABLISHED
      +9000 quiet
      `,
    );
  });

  it('Linux sysctl_tcp_synack_retries: five SYN-ACKs again, given up at 63 s', () => {
    play(
      { knobs: exact },
      `
      0     listen
      +0    in S 0:1 mss 1000
      +0    out S. 0:1 ack 1
      1000  out S. 0:1
      3000  out S. 0:1
      7000  out S. 0:1
      15000 out S. 0:1
      31000 out S. 0:1
      62900 is state SYN-RECEIVED
      63100 hears timed-out
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: a SYN that comes again is answered at once with the same SYN-ACK', () => {
    play(
      { knobs: exact },
      `
      0     listen
      +0    in S 0:1 mss 1000
      +0    out S. 0:1 ack 1
      300   in S 0:1 mss 1000
      +0    out S. 0:1 ack 1 nth 2
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: a SYN-ACK that comes again is answered: our ACK was lost', () => {
    play(
      { knobs: exact },
      `
      0     open
      +0    out S 0:1
      40    in S. 0:1 ack 1 mss 1000
      +0    out . 1 ack 1
      1040  in S. 0:1 ack 1 mss 1000
      +0    out . 1 ack 1
      +0    is state ESTABLISHED
      `,
    );
  });

  it('RFC 6298 §3 (Karn): no round trip is measured from a SYN that was repeated', () => {
    play(
      { knobs: exact },
      `
      0     open
      +0    out S 0:1
      1000  out S 0:1
      1040  in S. 0:1 ack 1 mss 1000
      +0    out . 1 ack 1
      +0    is srttMs 0
      `,
    );
  });

  it('RFC 7323 §4: with timestamps it is measured, from the echo', () => {
    play(
      { knobs: exact },
      `
      0     open
      +0    out S 0:1 ts 0/0
      1000  out S 0:1 ts 1000/0
      1040  in S. 0:1 ack 1 mss 1000 ts 9/1000
      +0    out . 1 ack 1
      +0    is srttMs 40
      `,
    );
  });

  it('RFC 6298 §5.7: data begins with an RTO of 3 s where the SYN timed out and nothing was measured', () => {
    play(
      { profile: 'textbook' },
      `
      0     open
      +0    out S 0:1
      1000  out S 0:1
      1040  in S. 0:1 ack 1 mss 1000
      +0    out . 1 ack 1
      1100  write 100
      +0    out . 1:101
      4100  out . 1:101
      `,
    );
  });

  it('Linux tcp_init_transfer (RFC 5681 §3.1): after two lost SYNs the window starts at one segment', () => {
    play(
      { knobs: exact },
      `
      0     open
      +0    out S 0:1
      1000  out S 0:1
      2000  out S 0:1
      2040  in S. 0:1 ack 1 mss 1000
      +0    out . 1 ack 1
      +0    is cwnd 1
      +0    write 5000
      +0    out . 1:1001
      +0    quiet
      `,
    );
  });
});
