import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const eager = { delayedAckMs: 0, sackCompression: false } as const;
const both: ScriptOptions = { open: 'client', knobs: { ...senderKnobs, ...eager } };

describe('a repair no larger than what its options leave', () => {
  it('RFC 6691 §2 (Linux tcp_current_mss): SACK blocks of our own cut it, and the rest follows as its own segment', () => {
    play(
      both,
      `
      0    write 5000
      +0   out . 1:5001/1000
      50   in . 1001:2001 ack 1
      +0   out . 5001 ack 1 sack 1001:2001
      +50  in . 2001 ack 1 sack 1001:5001
      +0   out . 1:989 nth 2 sack 1001:2001
      +0   out . 989:1001 nth 2 sack 1001:2001
      +0   is lost 2
      +100 in . 2001 ack 5001
      +0   quiet
      `,
    );
  });

  it('and at a timeout, and as a tail-loss probe', () => {
    play(
      both,
      `
      0    write 1000
      +0   out . 1:1001
      50   in . 1001:2001 ack 1
      +0   out . 1001 ack 1 sack 1001:2001
      300  out . 1:989 nth 2 sack 1001:2001
      600  out . 1:989 nth 3 sack 1001:2001
      +50  in . 2001 ack 989
      +0   out . 989:1001 nth 2 sack 1001:2001
      `,
    );
  });

  it('Linux __tcp_retransmit_skb: a window that has shrunk into it', () => {
    play(
      both,
      `
      0    write 4000
      +0   out . 1:4001/1000
      100  in . 1 ack 1 sack 1001:4001 win 400
      +0   out . 1:401 nth 2
      `,
    );
  });
});
