import { describe, it } from 'vitest';
import { play } from '../support/script.ts';

const exact = { timerTickMs: 0 };
const asks = { knobs: { ...exact, fastOpen: 'request' } } as const;
const knows = { knobs: { ...exact, fastOpen: 'cookie' } } as const;
const refuses = { knobs: { ...exact, fastOpen: 'rejected' } } as const;

describe('TCP Fast Open: asking for a cookie', () => {
  it('RFC 7413 §4.2.1: an empty option on the SYN, no data before the handshake is done', () => {
    play(
      asks,
      `
      0    connect
      +0   out S 0:1 fo 0
      +5   write 100
      +0   quiet
      +35  in S. 0:1 ack 1 mss 1000 sackok fo 8
      +0   out . 1 ack 1
      +0   hears connected
      +0   out P. 1:101 ack 1
      `,
    );
  });

  it('RFC 7413 §4.2.1: the SYN-ACK brings a cookie', () => {
    play(
      asks,
      `
      0    listen
      +0   in S 0:1 mss 1000 sackok fo 0
      +0   out S. 0:1 ack 1 fo 8
      +40  in . 1 ack 1
      +0   hears connected
      `,
    );
  });

  it('RFC 7413 §4.1.2: who does not know the option answers as ever', () => {
    play(
      { knobs: exact },
      `
      0    listen
      +0   in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 1 nofo
      +40  in P. 1:101 ack 1
      +0   is readable 100
      +0   out . 1 ack 101
      `,
    );
  });

  it('RFC 7413 §4.2.1: a SYN that is sent again has no option', () => {
    play(
      asks,
      `
      0     open
      +0    out S 0:1 fo 0
      +1000 out S 0:1 nofo nth 2
      `,
    );
  });
});

describe('TCP Fast Open: the client has a cookie', () => {
  it('RFC 7413 §4.2.2: the first write goes with the SYN; the application may write before', () => {
    play(
      knows,
      `
      0    connect
      +0   hears connected
      +0   quiet
      +5   write 100
      +0   out S 0:101 mss 1460 sackok fo 8
      +0   is state SYN-SENT
      +40  in S. 0:1 ack 101 mss 1000 sackok
      +0   out . 101 ack 1
      +0   is state ESTABLISHED
      +0   is inflight 0
      +0   is srttMs 40
      `,
    );
  });

  it('RFC 7413 §4.2.2: no more than one segment goes with the SYN, the rest behind the handshake', () => {
    play(
      knows,
      `
      0    connect
      +0   write 3000
      +0   out S 0:1421 fo 8    # 1460 less the 40 bytes that options may take (Linux tcp_send_syn_data)
      +1   write 100
      +0   quiet
      +40  in S. 0:1 ack 1421 mss 1000 sackok
      +0   out . 1421 ack 1
      +0   out . 1421:2421 ack 1
      +0   out P. 2421:3101 ack 1
      `,
    );
  });

  it('RFC 7413 §4.2.2: what the SYN-ACK does not acknowledge goes again at once, and carries the ACK', () => {
    play(
      knows,
      `
      0    connect
      +0   write 100
      +0   out S 0:101 fo 8
      +40  in S. 0:1 ack 1 mss 1000 sackok
      +0   out P. 1:101 ack 1 nth 2
      +0   is phase open
      +0   is cwnd 10
      +0   quiet
      +40  in . 1 ack 101
      +0   is inflight 0
      `,
    );
  });

  it('RFC 7413 §4.2.2: a part that was acknowledged does not go again; a smaller MSS cuts the rest', () => {
    play(
      knows,
      `
      0    connect
      +0   write 1400
      +0   out S 0:1401 fo 8
      +40  in S. 0:1 ack 201 mss 500 sackok
      +0   out . 201:701 ack 1 nth 2
      +0   out . 701:1201 ack 1 nth 2
      +0   out P. 1201:1401 ack 1 nth 2
      +40  in . 1 ack 1401
      +0   is inflight 0
      `,
    );
  });

  it('RFC 7413 §4.2.2: nothing else leaves before the SYN-ACK; ACKs of what was never sent are refused', () => {
    play(
      knows,
      `
      0    connect
      +0   write 100
      +0   out S 0:101 fo 8
      +1   write 500
      +0   quiet
      +9   in S. 0:1 ack 102 mss 1000
      +0   out R 102
      +0   is state SYN-SENT
      `,
    );
  });

  it('Linux tcp_send_syn_data: a lost SYN goes again without data and option; the data follows the handshake', () => {
    play(
      knows,
      `
      0     connect
      +0    write 100
      +0    out S 0:101 fo 8
      +1000 out S 0:1 nofo nth 2
      +40   in S. 0:1 ack 1 mss 1000 sackok
      +0    out P. 1:101 ack 1 nth 2
      `,
    );
  });

  it('RFC 7413 §4.2.2: the SYN-ACK of the first SYN may still come, and acknowledge the data', () => {
    play(
      knows,
      `
      0     connect
      +0    write 100
      +0    out S 0:101 fo 8
      +1000 out S 0:1 nofo nth 2
      +40   in S. 0:1 ack 101 mss 1000 sackok
      +0    out . 101 ack 1
      +0    is inflight 0
      `,
    );
  });

  it('RFC 7413 §4.2.2: a cookie without data, where the application does not write first', () => {
    play(
      knows,
      `
      0    open
      +0   out S 0:1 fo 8
      +40  in S. 0:1 ack 1 mss 1000 sackok
      +0   out . 1 ack 1
      +0   hears connected
      `,
    );
  });

  it('RFC 9293 §3.10.7.3: RST refuses the connection, data or none', () => {
    play(
      knows,
      `
      0    connect
      +0   write 100
      +0   out S 0:101
      +10  in R. 0 ack 101
      +0   hears refused
      +0   is state CLOSED
      `,
    );
  });

  it('RFC 9293 §3.10.4: closed before the first write, nobody hears of it', () => {
    play(
      knows,
      `
      0    connect
      +10  close
      +0   hears closed
      +5000 quiet
      `,
    );
  });

  it('RFC 9293 §3.10.4: closed behind the first write, the FIN waits for the handshake', () => {
    play(
      knows,
      `
      0    connect
      +0   write 100
      +0   out S 0:101
      +1   shutdown
      +0   quiet
      +39  in S. 0:1 ack 101 mss 1000 sackok
      +0   out . 101 ack 1
      +0   out F. 101:102 ack 1
      `,
    );
  });
});

describe('TCP Fast Open: the server', () => {
  it('RFC 7413 §4.2.2: a right cookie: data to the application at once, the SYN-ACK acknowledges it', () => {
    play(
      knows,
      `
      0    listen
      +0   in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 101 nofo
      +0   hears connected
      +0   hears readable
      +0   is readable 100
      +0   is state SYN-RECEIVED
      +40  in . 101 ack 1
      +0   is state ESTABLISHED
      +0   is srttMs 40
      +0   quiet
      `,
    );
  });

  it('RFC 7413 §4.2.2: the answer leaves before the handshake is done, up to the initial window', () => {
    play(
      { knobs: { ...exact, fastOpen: 'cookie', initialWindow: 2 } },
      `
      0    listen
      +0   in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 101
      +1   write 3000
      +0   out . 1:2001/1000 ack 101
      +0   quiet
      +39  in . 101 ack 1
      +0   is state ESTABLISHED
      +0   quiet
      +1   in . 101 ack 1001
      +0   out P. 2001:3001 ack 101
      `,
    );
  });

  it('RFC 7413 §4.2.2: a wrong cookie: the SYN alone is acknowledged, a new cookie comes with it', () => {
    play(
      refuses,
      `
      0    listen
      +0   in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 1 fo 8
      +0   is readable 0
      +40  in P. 1:101 ack 1
      +0   hears connected
      +0   hears readable
      +0   is readable 100
      +0   out . 1 ack 101
      `,
    );
  });

  it('Linux tcp_fastopen_synack_timer: until the ACK only the SYN-ACK goes again; then the data has its own timer', () => {
    play(
      { knobs: { ...exact, fastOpen: 'cookie', tlp: false } },
      `
      0     listen
      +0    in S 0:101 mss 1000 sackok ts 700/0 fo 8
      +0    out S. 0:1 ack 101 nofo
      +1    write 500
      +0    out P. 1:501 ack 101
      +999  out S. 0:1 ack 101 nofo nth 2
      +40   in . 101 ack 1
      +0    is state ESTABLISHED
      +240~1 out P. 1:501 ack 101 nth 2
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: the SYN comes again: the SYN-ACK acknowledges the data still, nothing is delivered twice', () => {
    play(
      knows,
      `
      0    listen
      +0   in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 101
      +10  in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 101 nth 2
      +0   is readable 100
      +10  in S 0:1 mss 1000 sackok
      +0   out S. 0:1 ack 101 nth 3
      +10  in P. 1:101 ack 1
      +0   out . 1 ack 101 sack 1:101
      +0   is readable 100
      `,
    );
  });

  it('Linux 6.9: an end of the answer written in SYN-RECEIVED waits for the handshake', () => {
    play(
      knows,
      `
      0    listen
      +0   in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 101
      +1   write 500
      +0   out P. 1:501 ack 101
      +0   shutdown
      +0   is state SYN-RECEIVED
      +39  in . 101 ack 1
      +0   out F. 501:502 ack 101
      +0   is state FIN-WAIT-1
      `,
    );
  });

  it('RFC 7413 §4.2.2: a RST in SYN-RECEIVED ends a connection that the application has', () => {
    play(
      knows,
      `
      0    listen
      +0   in S 0:101 mss 1000 sackok fo 8
      +0   out S. 0:1 ack 101
      +10  in R 101
      +0   hears reset
      +0   is state CLOSED
      `,
    );
  });
});
