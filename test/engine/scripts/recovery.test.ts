import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const reno: ScriptOptions = { open: 'client', knobs: senderKnobs };
const noProbe: ScriptOptions = { open: 'client', knobs: { ...senderKnobs, tlp: false } };
const stamped: ScriptOptions = { ...noProbe, peer: 'mss 1012 sackok ts 1/*' };

describe('proportional rate reduction', () => {
  it('RFC 6937 §3: one segment leaves for two delivered, down to half', () => {
    play(
      reno,
      `
      0    write 40000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:2001
      +0   out . 10001:11001
      +0   in . 1 ack 1 sack 1001:3001
      +0   out . 11001:12001
      +0   in . 1 ack 1 sack 1001:4001
      +0   out . 1:1001 nth 2              # the first leaves whatever the sum says
      +0   is cwnd 9
      +0   is ssthresh 5
      +0   in . 1 ack 1 sack 1001:5001
      +0   quiet
      +0   is cwnd 8
      +0   in . 1 ack 1 sack 1001:6001
      +0   out . 12001:13001
      +0   in . 1 ack 1 sack 1001:7001
      +0   quiet
      +0   is cwnd 7
      +0   in . 1 ack 1 sack 1001:8001
      +0   out . 13001:14001
      +0   in . 1 ack 1 sack 1001:9001
      +0   quiet
      +0   is cwnd 6
      `,
    );
  });

  it('RFC 6937 §3 (slow-start reduction bound): below half, up to what was delivered and one more where data is acknowledged', () => {
    play(
      reno,
      `
      0    write 40000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 4001:10001   # four lost of ten: 3 or fewer are left in flight
      +0   out . 1:4001/1000 nth 2
      +0   out . 10001:11001
      +0   is inflight 5
      +0   is ssthresh 5
      200  in . 1 ack 1001 sack 4001:10001
      +0   out . 11001:12001
      +0   is inflight 5
      `,
    );
  });

  it('RFC 6675 §5 step (A): all acknowledged, recovery ends with the window at the threshold', () => {
    play(
      reno,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:4001
      +0   out . 1:1001 nth 2
      +10  in . 1 ack 1 sack 1001:10001
      200  in . 1 ack 10001
      +0   is phase open
      +0   is cwnd 5
      `,
    );
  });

  it('RFC 9438 §4.6: CUBIC goes to 0.7', () => {
    play(
      { open: 'client', knobs: { timerTickMs: 0 } },
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:4001
      +0   out . 1:1001 nth 2
      +0   is ssthresh 7
      +10  in . 1 ack 1 sack 1001:10001
      200  in . 1 ack 10001
      +0   is cwnd 7
      `,
    );
  });

  it('RFC 6582 §3.2: without PRR the window falls at once and grows by the duplicates', () => {
    play(
      { open: 'server', profile: 'textbook', knobs: { initialWindow: 10 }, peer: 'mss 1000' },
      `
      0    write 40000
      +0   out . 1:10001/1000
      100  in . 1 ack 1001
      +0   out . 10001:12001/1000
      # segment 2 is lost; ten duplicates
      +0   in . 1 ack 1001
      +0   in . 1 ack 1001
      +0   in . 1 ack 1001
      +0   out . 1001:2001 nth 2
      +0   is cwnd 5
      +0   in . 1 ack 1001
      +0   in . 1 ack 1001
      +0   in . 1 ack 1001
      +0   quiet
      `,
    );
  });
});

describe('taking a reduction back', () => {
  it('RFC 3522 §3.2 (Eifel): the echo is older than the retransmission, the original came', () => {
    play(
      stamped,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:4001 ts */100
      +0   out . 1:1001 nth 2
      +0   is phase recovery
      +10  in . 1 ack 10001 ts */100       # the echo of what left at 0, not at 100
      +0   is phase open
      +0   is ssthresh 2147483647
      `,
    );
  });

  it('RFC 3522 §3.2 (Eifel): the echo of the retransmission takes nothing back', () => {
    play(
      stamped,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:4001 ts */100
      +0   out . 1:1001 nth 2
      +10  in . 1 ack 1 sack 1001:10001 ts */100
      200  in . 1 ack 10001 ts */200
      +0   is cwnd 5
      `,
    );
  });

  it('RFC 3708 §2: DSACKs of every retransmission undo the reduction', () => {
    play(
      noProbe,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:4001
      +0   out . 1:1001 nth 2
      +0   is ssthresh 5
      +5   in . 1 ack 10001                # the first was only late
      +95  in . 1 ack 10001 sack 1:1001    # and here is its copy
      +0   is ssthresh 2147483647
      `,
    );
  });

  it('RFC 5682 §3.1 (F-RTO): two ACKs of originals after a timeout prove it spurious', () => {
    play(
      noProbe,
      `
      0    write 30000
      +0   out . 1:10001/1000
      300  out . 1:1001 nth 2
      +0   is phase loss
      +0   is cwnd 1
      +10  in . 1 ack 1001
      +0   out . 10001:12001/1000 nth 1    # new data, no retransmission
      +1   in . 1 ack 2001
      +0   is phase open
      +0   is ssthresh 2147483647
      +0   out . 12001:13001 nth 1
      `,
    );
  });

  it('RFC 5682 §3.1 (F-RTO) step 3a: a duplicate ACK after the new data proves the loss', () => {
    play(
      noProbe,
      `
      0    write 30000
      +0   out . 1:10001/1000
      300  out . 1:1001 nth 2
      +100 in . 1 ack 1001
      +0   out . 10001:12001/1000 nth 1
      +100 in . 1 ack 1001 sack 10001:11001
      +0   out . 1001:2001 nth 2
      +0   is phase loss
      +0   is ssthresh 5
      `,
    );
  });

  it('RFC 3522 §3.2 (Eifel): a timeout undone by the first echo', () => {
    play(
      stamped,
      `
      0    write 10000
      +0   out . 1:10001/1000
      300  out . 1:1001 nth 2
      +10  in . 1 ack 1001 ts */100
      +0   is phase open
      +0   is ssthresh 2147483647
      +0   is lost 0
      `,
    );
  });

  it('Linux tcp_retransmit_skb (“retrans_out leaked”): what is resent again after an undo is counted once', () => {
    play(
      { ...stamped, knobs: { ...senderKnobs, tlp: false, frto: false } },
      `
      0    write 6000
      +0   out . 1:6001/1000
      300  out . 1:1001 nth 2
      400  in . 1 ack 1001 ts */400        # the echo of the retransmission: go on
      +0   out . 1001:3001/1000 nth 2
      410  in . 1 ack 2001 ts */100        # the echo of an original: all is taken back
      +0   out . 3001:4001 nth 2           # and RACK finds the old ones lost anew
      +1000~900 out . 2001:3001 nth 3
      +0   is inflight 1
      `,
    );
  });
});
