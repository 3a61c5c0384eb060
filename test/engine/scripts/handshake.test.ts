import { describe, it } from 'vitest';
import { play } from '../support/script.ts';

const exact = { timerTickMs: 0 };
/** The page's other end: a Linux that offers all that ours does. */
const LINUX = 'win 65160 mss 1460 wscale 10 sackok';

describe('opening a connection', () => {
  it('RFC 9293 §3.5: active open, with the options that Linux 6.18 offers', () => {
    play(
      { knobs: exact },
      `
      0    open
      +0   is state SYN-SENT
      +0   out S 0:1 win 64240 mss 1460 wscale 10 sackok ts 0/0
      +40  in S. 0:1 ack 1 ${LINUX} ts 5000/0
      +0   out . 1 ack 1 win 63 ts 40/5000
      +0   is state ESTABLISHED
      +0   hears connected
      +0   is srttMs 40
      `,
    );
  });

  it('RFC 9293 §3.5: passive open, established by the third segment', () => {
    play(
      { knobs: exact },
      `
      0    listen
      +5   in S 0:1 win 64240 mss 1460 wscale 10 sackok ts 700/0
      +0   out S. 0:1 ack 1 win 65160 mss 1460 wscale 10 sackok ts 5/700
      +0   is state SYN-RECEIVED
      +40  in . 1 ack 1 win 63 ts 740/5
      +0   is state ESTABLISHED
      +0   hears connected
      +0   quiet
      `,
    );
  });

  it('RFC 9293 §3.5: the third segment may carry the request', () => {
    play(
      { knobs: exact },
      `
      0    listen
      +0   in S 0:1 mss 1000 sackok
      +0   out S. 0:1 ack 1
      +40  in P. 1:101 ack 1
      +0   out . 1 ack 101
      +0   is readable 100
      `,
    );
  });

  it('RFC 9293 §3.5, figure 8: simultaneous open, the SYN goes again with an ACK', () => {
    play(
      { knobs: exact },
      `
      0    open
      +0   out S 0:1
      +10  in S 0:1 mss 1000 sackok
      +0   out S. 0:1 ack 1 nth 2
      +0   is state SYN-RECEIVED
      +20  in S. 0:1 ack 1 mss 1000 sackok
      +0   out . 1 ack 1
      +0   is state ESTABLISHED
      +0   hears connected
      `,
    );
  });

  it('RFC 9293 §3.10.7.3: simultaneous open is also completed by a plain ACK', () => {
    play(
      { knobs: exact },
      `
      0    open
      +0   out S 0:1
      +10  in S 0:1 mss 1000
      +0   out S. 0:1 ack 1
      +20  in . 1 ack 1
      +0   is state ESTABLISHED
      +0   quiet
      `,
    );
  });

  it('RFC 9293 §3.10.7.1: a closed port answers a SYN with RST,ACK of what was occupied', () => {
    play(
      { peerIsn: 4_000_000_000 },
      `
      0    in S 0:1 mss 1000
      +0   out R. 0 ack 1 win 0
      +1   in S 0:51 mss 1000
      +0   out R. 0 ack 51
      `,
    );
  });

  it('RFC 9293 §3.10.7.1: a closed port answers an ACK with a RST that has its number, and a RST with nothing', () => {
    play(
      {},
      `
      0    in . 1 ack 777
      +0   out R 777
      +1   in R 1
      +0   quiet
      `,
    );
  });

  it('RFC 9293 §3.10.7.2: LISTEN answers an ACK with RST, ignores RST', () => {
    play(
      {},
      `
      0    listen
      +1   in . 1 ack 55
      +0   out R 55
      +1   in R 1
      +0   quiet
      +0   is state LISTEN
      `,
    );
  });

  it('RFC 9293 §3.10.7.3: SYN-SENT refuses an ACK of something never sent, and a SYN-ACK that carries it', () => {
    play(
      {},
      `
      0    open
      +0   out S 0:1
      +10  in . 9 ack 42
      +0   out R 42
      +10  in S. 0:1 ack 42 mss 1000
      +0   out R 42
      +0   is state SYN-SENT
      +10  in S. 0:1 ack 1 mss 1000
      +0   out . 1 ack 1
      `,
    );
  });

  it('RFC 9293 §3.10.7.3: RST with a valid ACK refuses the connection; without one it is nothing', () => {
    play(
      {},
      `
      0    open
      +0   out S 0:1
      +10  in R 0
      +0   is state SYN-SENT
      +10  in R. 0 ack 1
      +0   is state CLOSED
      +0   hears refused
      +5000 quiet
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: RST in SYN-RECEIVED ends the attempt', () => {
    play(
      {},
      `
      0    listen
      +0   in S 0:1 mss 1000
      +0   out S. 0:1 ack 1
      +10  in R 1
      +0   hears refused
      +5000 quiet
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: an ACK outside the window of SYN-RECEIVED is answered with RST', () => {
    play(
      {},
      `
      0    listen
      +0   in S 0:1 mss 1000
      +0   out S. 0:1 ack 1
      +10  in . 1 ack 9
      +0   out R 9
      +10  in . 1 ack 1
      +0   is state ESTABLISHED
      `,
    );
  });

  it('RFC 9293 §3.10.1: what is written before the connection is open leaves when it is', () => {
    play(
      { knobs: exact },
      `
      0    open
      +0   out S 0:1
      +10  write 500
      +30  in S. 0:1 ack 1 mss 1000
      +0   out . 1 ack 1
      +0   out P. 1:501 ack 1
      `,
    );
  });

  it('RFC 9293 §3.10.1: nothing is there to be read before the connection is open', () => {
    play(
      {},
      `
      0    is readable 0
      +0   open
      +0   out S 0:1
      +0   is readable 0
      `,
    );
  });

  it('RFC 9293 §3.10.4: closing before the connection is open forgets it', () => {
    play(
      {},
      `
      0    open
      +0   out S 0:1
      +10  close
      +0   is state CLOSED
      +0   hears closed
      +30  in S. 0:1 ack 1 mss 1000
      +0   out R 1
      `,
    );
  });

  it('RFC 9293 §3.10.4: closing in SYN-RECEIVED sends a FIN and waits for its ACK', () => {
    play(
      {},
      `
      0    listen
      +0   in S 0:1 mss 1000
      +0   out S. 0:1 ack 1
      +10  shutdown
      +0   is state FIN-WAIT-1
      +0   out F. 1:2 ack 1
      +30  in . 1 ack 2
      +0   is state FIN-WAIT-2
      `,
    );
  });
});
