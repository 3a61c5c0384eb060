import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const knobs = { timerTickMs: 0, ecn: true, congestion: 'reno', delayedAckMs: 0, bufferOverhead: false } as const;
const asked: ScriptOptions = { knobs };

/** An open connection on which both have agreed. */
const open = `
      0    open
      +0   out SEW 0:1 notect
      100  in SE. 0:1 ack 1 mss 1000 sackok
      +0   out . 1 ack 1 notect`;

describe('explicit congestion notification', () => {
  it('RFC 3168 §6.1.1: the SYN asks with ECE and CWR, the SYN-ACK agrees with ECE, data then is ECT(0), ACKs are not', () => {
    play(
      asked,
      `${open}
      +0   write 1000
      +0   out . 1:1001 ect0
      +10  in . 1:1001 ack 1001 ect0
      +0   out . 1001 ack 1001 notect
      `,
    );
  });

  it('RFC 3168 §6.1.1: the passive side answers with ECE alone', () => {
    play(
      asked,
      `
      0    listen
      +0   in SEW 0:1 mss 1000
      +0   out SE. 0:1 ack 1 notect
      +10  in . 1 ack 1
      +0   write 1000
      +0   out . 1:1001 ect0
      `,
    );
  });

  it('RFC 3168 §6.1.1: not used where the peer does not agree', () => {
    play(
      asked,
      `
      0    open
      +0   out SEW 0:1
      100  in S. 0:1 ack 1 mss 1000
      +0   out . 1 ack 1
      +0   write 1000
      +0   out . 1:1001 notect
      `,
    );
  });

  it('RFC 3168 §6.1.1.1: a reflected ECE and CWR on the SYN-ACK is no agreement', () => {
    play(
      asked,
      `
      0    open
      +0   out SEW 0:1
      100  in SEW. 0:1 ack 1 mss 1000
      +0   out . 1 ack 1
      +0   write 1000
      +0   out . 1:1001 notect
      `,
    );
  });

  it('RFC 3168 §6.1.3: a mark is echoed on every ACK until CWR comes', () => {
    play(
      asked,
      `${open}
      +10  in . 1:1001 ack 1 ce
      +0   out E. 1 ack 1001
      +1   in . 1001:2001 ack 1 ect0
      +0   out E. 1 ack 2001
      +1   in W. 2001:3001 ack 1 ect0
      +0   out . 1 ack 3001
      +1   in . 3001:4001 ack 1 ect0
      +0   out . 1 ack 4001
      `,
    );
  });

  it('RFC 3168 §6.1.2: an echo halves the window once a round trip, and the next data says CWR', () => {
    play(
      asked,
      `${open}
      +0   write 40000
      +0   out . 1:10001/1000 ect0
      200  in E. 1 ack 1001
      +0   is phase cwr
      +0   is ssthresh 5
      +0   out W. 10001:11001 ect0
      +0   in E. 1 ack 2001
      +0   quiet
      +0   in E. 1 ack 3001
      +0   out . 11001:12001 ect0
      +0   is ssthresh 5
      `,
    );
  });

  it('RFC 3168 §6.1.5: a retransmission is not ECT', () => {
    play(
      { knobs: { ...knobs, tlp: false } },
      `${open}
      +0   write 1000
      +0   out . 1:1001 ect0
      +300 out . 1:1001 notect nth 2
      `,
    );
  });
});
