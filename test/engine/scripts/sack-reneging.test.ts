import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const linux: ScriptOptions = { open: 'client', knobs: senderKnobs };

/** Three of ten segments are SACKed, the first is repaired; its ACK stops before them: the receiver has thrown them away. */
const reneged = `
      0     write 10000
      +0    out . 1:10001/1000
      100   in . 1 ack 1 sack 1001:4001
      +0    out . 1:1001 nth 2
      +0    is sacked 3
      200   in . 1 ack 1001`;

describe('a receiver that takes back what it has SACKed', () => {
  it('RFC 2018 §8: what was SACKed is kept until it is acknowledged, and sent again after the timeout', () => {
    play(
      linux,
      `${reneged}
      +0    quiet
      # Linux tcp_check_sack_reneging: half a round trip, 10 ms at least
      +0    is timer rto
      +50   out . 1001:2001 nth 2
      # all marks are forgotten: the seven behind it are lost as far as anyone knows
      +0    is sacked 0
      +0    is phase loss
      +100  in . 1 ack 2001
      +0    out . 2001:4001/1000 nth 2
      +100  in . 1 ack 4001
      +0    out . 4001:8001/1000 nth 2
      `,
    );
  });

  it('Linux tcp_check_sack_reneging: an ACK in time shows that it had them after all', () => {
    play(
      linux,
      `${reneged}
      +49   in . 1 ack 10001
      +0    is inflight 0
      +0    is timer none
      +1000 quiet
      `,
    );
  });

  it('a SACK that still names them is no sign of it', () => {
    play(
      linux,
      `
      0     write 10000
      +0    out . 1:10001/1000
      100   in . 1 ack 1 sack 2001:5001
      +0    out . 1:1001 nth 2
      200   in . 1 ack 1001 sack 2001:5001
      # what is not among them is lost by now; nothing that is among them goes again
      +0    out . 1001:2001 nth 2
      +0    out . 5001:7001/1000 nth 2
      +0    is phase recovery
      +0    is sacked 3
      +99   quiet
      `,
    );
  });
});
