import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const exact = { timerTickMs: 0, delayedAckMs: 0 } as const;
const stamped: ScriptOptions = { open: 'server', knobs: exact, peer: 'mss 1012 sackok ts 1000/0' };

describe('maximum segment size', () => {
  it('RFC 9293 §3.7.1: 536 where the peer says nothing', () => {
    play(
      { open: 'client', knobs: exact, peer: 'sackok' },
      `
      0   is mss 536
      +0  write 1072
      +0  out . 1:1073/536
      `,
    );
  });

  it('RFC 9293 §3.7.1: what the peer says bounds what we send, less the options that each segment carries', () => {
    play(
      { open: 'client', knobs: exact, peer: 'mss 800 ts 5/*' },
      `
      0   is mss 788
      +0  write 1576
      +0  out . 1:1577/788
      `,
    );
  });

  it('RFC 9293 §3.7.1: our own MTU bounds it as well', () => {
    play({ open: 'client', mtu: 1000, knobs: exact, peer: 'mss 1460' }, `0 is mss 960`);
    play({ mtu: 1000, knobs: exact }, `0 open\n+0 out S 0:1 mss 960`);
  });

  it('RFC 2018 §3: a SACK option in a data segment takes its bytes from the payload', () => {
    play(
      { open: 'server', knobs: exact },
      `
      0   in . 1001:2001 ack 1
      +0  out . 1 ack 1 sack 1001:2001
      +1  write 2000
      +0  out . 1:989 ack 1 sack 1001:2001
      +0  out . 989:1977 ack 1 sack 1001:2001
      +0  out . 1977:2001
      `,
    );
  });
});

describe('timestamps', () => {
  it('RFC 7323 §3.2: on every segment once both SYNs had them, echoing the latest in order', () => {
    play(
      stamped,
      `
      0    in . 1:1001 ack 1 ts 2000/*
      +0   out . 1 ack 1001 ts 100/2000
      +7   in . 1001:2001 ack 1 ts 2007/*
      +0   out . 1 ack 2001 ts 107/2007
      `,
    );
  });

  it('RFC 7323 §3.2: none where the peer has none', () => {
    play(
      { open: 'server', knobs: exact },
      `
      0    in . 1:1001 ack 1
      +0   out . 1 ack 1001 nots
      `,
    );
  });

  it('RFC 7323 §4.3: an ACK for two segments echoes the first of them', () => {
    play(
      { ...stamped, knobs: { timerTickMs: 0, quickAcks: 0 } },
      `
      0    in . 1:1001 ack 1 ts 2000/*
      +0   read all
      +5   in . 1001:2001 ack 1 ts 2005/*
      +0   read all
      +0   out . 1 ack 2001 ts */2000
      `,
    );
  });

  it('RFC 7323 §4.3: a segment out of order does not change the echo; the one that fills the gap does', () => {
    play(
      stamped,
      `
      0    in . 1:1001 ack 1 ts 2000/*
      +0   out . 1 ack 1001 ts */2000
      +5   in . 2001:3001 ack 1 ts 2005/*
      +0   out . 1 ack 1001 ts */2000
      +5   in . 1001:2001 ack 1 ts 2010/*
      +0   out . 1 ack 3001 ts */2010
      `,
    );
  });

  it('RFC 7323 §5.3 (PAWS): an old timestamp is dropped and answered', () => {
    play(
      stamped,
      `
      0    in . 1:1001 ack 1 ts 5000/*
      +0   out . 1 ack 1001
      +5   in . 1001:2001 ack 1 ts 4000/*
      +0   out . 1 ack 1001
      +0   is readable 1000
      `,
    );
  });

  it('RFC 7323 §5.2 (PAWS): timestamps wrap too', () => {
    play(
      { ...stamped, peer: 'mss 1012 sackok ts 4294967190/0' },
      `
      0    in . 1:1001 ack 1 ts 4294967295/*
      +0   out . 1 ack 1001 ts */4294967295
      +9   in . 1001:2001 ack 1 ts 5/*
      +0   out . 1 ack 2001 ts */5
      +0   is readable 2000
      `,
    );
  });

  it('RFC 7323 §5.3 R1: a RST is not judged by its timestamp', () => {
    play(
      stamped,
      `
      0    in . 1:1001 ack 1 ts 5000/*
      +0   out . 1 ack 1001
      +5   in R 1001 ts 1/0
      +0   is state CLOSED
      `,
    );
  });

  it('RFC 7323 §4.1: each ACK that moves on gives a round trip', () => {
    play(
      stamped,
      `
      0    write 1000
      +0   out . 1:1001
      180  in . 1 ack 1001
      +0   is srttMs 110
      `,
    );
  });
});

describe('sequence numbers', () => {
  it('RFC 9293 §3.4: wrap on both sides, in the middle of a transfer', () => {
    play(
      { open: 'server', knobs: exact, isn: 2 ** 32 - 1500, peerIsn: 2 ** 32 - 700 },
      `
      0    in . 1:1001 ack 1
      +0   out . 1 ack 1001
      +0   write 4000
      +0   out . 1:4001/1000
      +50  in . 2001:3001 ack 1001
      +0   out . 4001 ack 1001 sack 2001:3001
      +50  in . 1001:2001 ack 4001
      +0   out . 4001 ack 3001
      +0   is inflight 0
      +0   is readable 3000
      `,
    );
  });

  it('RFC 9293 §3.4: a SACK over the wrap finds its segments', () => {
    play(
      { open: 'client', knobs: { ...exact, congestion: 'reno' }, isn: 2 ** 32 - 2501 },
      `
      0    write 6000
      +0   out . 1:6001/1000
      100  in . 1 ack 1 sack 1001:6001
      +0   is sacked 5
      +0   out . 1:1001 nth 2
      `,
    );
  });

  it('RFC 9293 §3.4: the very last number as ISN', () => {
    play(
      { isn: 2 ** 32 - 1, peerIsn: 2 ** 32 - 1, knobs: exact },
      `
      0    open
      +0   out S 0:1
      +10  in S. 0:1 ack 1 mss 1000
      +0   out . 1 ack 1
      +0   close
      +0   out F. 1:2
      +10  in F. 1:2 ack 2
      +0   out . 2 ack 2
      +0   is state TIME-WAIT
      `,
    );
  });
});
