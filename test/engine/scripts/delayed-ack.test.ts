import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const rfc: ScriptOptions = { open: 'server', profile: 'rfc' };
const linux: ScriptOptions = { open: 'server', knobs: { timerTickMs: 0 } };

describe('delayed ACKs', () => {
  it('RFC 9293 §3.8.6.3: a lone segment after 200 ms in profile rfc', () => {
    play(
      rfc,
      `
      0    in . 1:1001 ack 1
      +0   read all
      200  out . 1 ack 1001
      `,
    );
  });

  it('RFC 5681 §4.2: every second full segment at once', () => {
    play(
      rfc,
      `
      0   in . 1:1001 ack 1
      +0  read all
      +0  quiet
      +1  in . 1001:2001 ack 1
      +0  out . 1 ack 2001
      +0  read all
      +1  in . 2001:3001 ack 1
      +0  read all
      +0  quiet
      +1  in . 3001:4001 ack 1
      +0  out . 1 ack 4001
      `,
    );
  });

  it('RFC 5681 §4.2: the timer runs from the first of the two', () => {
    play(
      rfc,
      `
      0    in P. 1:101 ack 1
      +0   read all
      100  in P. 101:171 ack 1
      +0   read all
      200  out . 1 ack 171
      `,
    );
  });

  it('RFC 9293 §3.8.6.3: data going the other way carries the ACK', () => {
    play(
      rfc,
      `
      0    in . 1:1001 ack 1
      +0   read all
      50   write 300
      +0   out P. 1:301 ack 1001
      +500 quiet
      `,
    );
  });

  it('Linux tcp_rcv_established: a pure ACK that says nothing new does not hasten it', () => {
    play(
      rfc,
      `
      0    write 300
      +0   out P. 1:301 ack 1
      10   in . 1:1001 ack 1
      +0   read all
      190  in . 1001 ack 301
      +0   quiet
      210  out . 301 ack 1001
      `,
    );
  });

  it('textbook: off, each segment is acknowledged', () => {
    play(
      { open: 'server', profile: 'textbook' },
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001
      +0  in . 1001:2001 ack 1
      +0  out . 1 ack 2001
      `,
    );
  });

  it('Linux TCP_MAX_QUICKACKS: the first sixteen one by one', () => {
    const lines = Array.from(
      { length: 16 },
      (_, i) => `+1 in . ${i * 500 + 1}:${i * 500 + 501} ack 1\n+0 out . 1 ack ${i * 500 + 501}\n+0 read all`,
    );
    play(linux, `0 is state ESTABLISHED\n${lines.join('\n')}`);
  });

  it('Linux TCP_DELACK_MIN: then a lone one waits 40 ms', () => {
    const lines = Array.from(
      { length: 16 },
      (_, i) => `+1 in . ${i * 1000 + 1}:${i * 1000 + 1001} ack 1\n+0 out . 1 ack ${i * 1000 + 1001}\n+0 read all`,
    );
    play(
      linux,
      `0 is state ESTABLISHED
      ${lines.join('\n')}
      +1    in . 16001:17001 ack 1
      +0    read all
      +0    quiet
      +40   out . 1 ack 17001`,
    );
  });

  it('Linux inet_csk_inc_pingpong_cnt: after an answer ACKs wait to ride on data', () => {
    play(
      linux,
      `
      0      in P. 1:101 ack 1
      +0     out . 1 ack 101
      +0     read all
      +1     write 1000
      +0     out P. 1:1001 ack 101
      100    in P. 101:201 ack 1001
      +0     read all
      +0     quiet
      +40~1  out . 1001 ack 201
      `,
    );
  });

  it('Linux HZ = 250: the delayed-ACK timer keeps step with the ticks, 40 to 44 ms', () => {
    play(
      { open: 'server', knobs: { quickAcks: 0, delayedAckMs: 40 } },
      `
      0     in . 1:101 ack 1
      42~2  out . 1 ack 101
      `,
    );
  });

  it('Linux tcp_send_delayed_ack: data within a quarter of the delay before the timer, in whole ticks, is acknowledged at once', () => {
    play(
      { open: 'server', knobs: { quickAcks: 0, delayedAckMs: 40 } },
      `
      1     in . 1:101 ack 1
      29    in . 101:191 ack 1
      +0    quiet
      30.5  in . 191:311 ack 1
      +0    out . 1 ack 311
      `,
    );
  });
});
