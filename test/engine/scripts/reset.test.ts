import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const client: ScriptOptions = { open: 'client', knobs: { timerTickMs: 0 } };

describe('resets', () => {
  it('RFC 2525 §2.17: closing with unread data sends RST, not FIN', () => {
    play(
      client,
      `
      0     in . 1:1001 ack 1
      +0    out . 1 ack 1001
      +10   close
      +0    out R. 1 ack 1001
      +0    is state CLOSED
      `,
    );
  });

  it('RFC 9293 §3.10.5: abort sends RST', () => {
    play(
      client,
      `
      0     write 500
      +0    out P. 1:501
      +10   abort
      +0    out R. 501 ack 1
      +0    is state CLOSED
      +5000 quiet
      `,
    );
  });

  it('RFC 9293 §3.6.1: data for an application that has closed is answered with RST', () => {
    play(
      client,
      `
      0     close
      +0    out F. 1:2 ack 1
      100   in . 1 ack 2
      +10   in . 1:1001 ack 2
      +0    out R 2
      +0    is state CLOSED
      `,
    );
  });

  it('RFC 5961 §3.2: a RST with exactly the next number ends the connection', () => {
    play(
      client,
      `
      0     in R 1
      +0    is state CLOSED
      +0    hears reset
      +0    quiet
      `,
    );
  });

  it('RFC 5961 §3.2: a RST elsewhere in the window is answered with a challenge ACK', () => {
    play(
      client,
      `
      1000  in R 500
      +0    out . 1 ack 1
      +0    is state ESTABLISHED
      `,
    );
  });

  it('RFC 5961 §3.2: a RST outside the window is dropped in silence', () => {
    play(
      client,
      `
      1000  in R 900000
      +0    quiet
      +0    is state ESTABLISHED
      `,
    );
  });

  it('RFC 5961 §4.2: a SYN in an open connection is answered with a challenge ACK', () => {
    play(
      client,
      `
      1000  in S 1:2 mss 1000
      +0    out . 1 ack 1
      +0    is state ESTABLISHED
      `,
    );
  });

  it('RFC 5961 §5.2: an ACK of what was never sent is answered, and takes no data along', () => {
    play(
      client,
      `
      1000  in . 1:1001 ack 5000
      +0    out . 1 ack 1
      +0    is readable 0
      `,
    );
  });

  it('RFC 5961 §7: challenge ACKs are limited, two within half a second are one', () => {
    play(
      client,
      `
      1000  in R 500
      +0    out . 1 ack 1
      1100  in R 500
      +0    quiet
      1600  in R 500
      +0    out . 1 ack 1
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: a segment without ACK is dropped', () => {
    play(
      client,
      `
      1000  in none 1:1001
      +0    quiet
      +0    is readable 0
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: RST in FIN-WAIT-2 ends it', () => {
    play(
      client,
      `
      0     shutdown
      +0    out F. 1:2 ack 1
      100   in . 1 ack 2
      +10   in R 1
      +0    is state CLOSED
      +0    hears reset
      `,
    );
  });

  it('RFC 9293 §3.8.3: data unanswered is given up in the end, openly', () => {
    play(
      { ...client, knobs: { timerTickMs: 0, tlp: false } },
      `
      0       write 100
      +0      out P. 1:101
      300     out P. 1:101
      900     out P. 1:101
      2100    out P. 1:101
      4500    out P. 1:101
      9300    out P. 1:101
      18900   out P. 1:101
      38100   out P. 1:101
      76500   out P. 1:101
      153300  out P. 1:101
      273300  out P. 1:101
      393300  out P. 1:101
      513300  out P. 1:101
      633300  out P. 1:101
      753300  out P. 1:101
      873300  out P. 1:101
      993000  is state ESTABLISHED
      993400  hears timed-out
      +0      is state CLOSED
      `,
    );
  });
});
