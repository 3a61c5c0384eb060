import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

/** Every segment is acknowledged at once, so that each line shows one report. */
const eager = { timerTickMs: 0, delayedAckMs: 0, sackCompression: false } as const;
const receiver: ScriptOptions = { open: 'server', knobs: eager };

describe('what the receiver reports', () => {
  it('RFC 2018 §4: the block with the newest segment first', () => {
    play(
      receiver,
      `
      0   in . 1001:2001 ack 1
      +0  out . 1 ack 1 sack 1001:2001
      +1  in . 3001:4001 ack 1
      +0  out . 1 ack 1 sack 3001:4001,1001:2001
      +1  in . 5001:6001 ack 1
      +0  out . 1 ack 1 sack 5001:6001,3001:4001,1001:2001
      +1  in . 2001:3001 ack 1
      +0  out . 1 ack 1 sack 1001:4001,5001:6001
      +1  in . 1:1001 ack 1
      +0  out . 1 ack 4001 sack 5001:6001
      +1  in . 4001:5001 ack 1
      +0  out . 1 ack 6001 nosack
      `,
    );
  });

  it('RFC 2018 §3: four blocks fit, three beside timestamps', () => {
    const five = (third: string, fourth: string): string => `
      0   in . 1001:2001 ack 1
      +0  out . 1 ack 1 sack 1001:2001
      +1  in . 3001:4001 ack 1
      +0  out . 1 ack 1 sack 3001:4001,1001:2001
      +1  in . 5001:6001 ack 1
      +0  out . 1 ack 1 sack 5001:6001,3001:4001,1001:2001
      +1  in . 7001:8001 ack 1
      +0  out . 1 ack 1 sack ${third}
      +1  in . 9001:10001 ack 1
      +0  out . 1 ack 1 sack ${fourth}`;
    play(receiver, five('7001:8001,5001:6001,3001:4001,1001:2001', '9001:10001,7001:8001,5001:6001,3001:4001'));
    play(
      { ...receiver, peer: 'mss 1012 sackok ts 1/*' },
      five('7001:8001,5001:6001,3001:4001', '9001:10001,7001:8001,5001:6001'),
    );
  });

  it('RFC 2018 §2: none where the peer has not permitted it', () => {
    play(
      { ...receiver, peer: 'mss 1000' },
      `
      0   in . 1001:2001 ack 1
      +0  out . 1 ack 1 nosack
      `,
    );
  });

  it('RFC 2883 §4.1: a duplicate is reported first, once', () => {
    play(
      receiver,
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001 nosack
      +1  in . 1:1001 ack 1
      +0  out . 1 ack 1001 sack 1:1001
      +1  in . 1001:2001 ack 1
      +0  out . 1 ack 2001 nosack
      `,
    );
  });

  it('RFC 2883 §4.1.2: a duplicate of what waits out of order, then the block that holds it', () => {
    play(
      receiver,
      `
      0   in . 1001:2001 ack 1
      +0  out . 1 ack 1 sack 1001:2001
      +1  in . 2001:3001 ack 1
      +0  out . 1 ack 1 sack 1001:3001
      +1  in . 2001:3001 ack 1
      +0  out . 1 ack 1 sack 2001:3001,1001:3001
      `,
    );
  });

  it('RFC 2883 §4.2: the part of a segment that was there is reported', () => {
    play(
      receiver,
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001
      +1  in . 501:1501 ack 1
      +0  out . 1 ack 1501 sack 501:1001
      +0  is readable 1500
      `,
    );
  });

  it('RFC 2883 §4: none where the knob is off', () => {
    play(
      { ...receiver, knobs: { ...eager, dsack: false } },
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001
      +1  in . 1:1001 ack 1
      +0  out . 1 ack 1001 nosack
      `,
    );
  });

  it('RFC 5681 §4.2: a gap and its filling are acknowledged at once', () => {
    play(
      { open: 'server', profile: 'rfc' },
      `
      0   in . 1001:2001 ack 1
      +0  out . 1 ack 1 sack 1001:2001
      +1  in . 1:1001 ack 1
      +0  out . 1 ack 2001 nosack
      `,
    );
  });

  it('Linux sysctl_tcp_comp_sack_nr: three ACKs with SACK at once, the next held for a twentieth of the round trip', () => {
    play(
      { open: 'server', knobs: { timerTickMs: 0, quickAcks: 0 }, rttMs: 10, peer: 'mss 1012 sackok ts 1/*' },
      `
      0     write 1000
      +0    out . 1:1001
      10    in . 1:1001 ack 1001        # from its echo the receiver knows the round trip: 10 ms
      +1    in . 2001:3001 ack 1001
      +0    out . 1001 ack 1001
      +0    in . 3001:4001 ack 1001
      +0    out . 1001 ack 1001
      +0    in . 4001:5001 ack 1001
      +0    out . 1001 ack 1001
      +0    in . 5001:6001 ack 1001
      +0.1  in . 6001:7001 ack 1001
      +0.1  in . 7001:8001 ack 1001
      11.5  out . 1001 ack 1001 sack 2001:8001
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: what lies beyond the window is not taken', () => {
    play(
      { open: 'server', profile: 'textbook', knobs: { receiveWindow: 4000, receiveWindowMax: 4000, windowScale: -1 } },
      `
      0   in . 5001:6001 ack 1
      +0  out . 1 ack 1
      +1  in . 1:1001 ack 1
      +0  out . 1 ack 1001
      +0  is readable 1000
      `,
    );
  });
});
