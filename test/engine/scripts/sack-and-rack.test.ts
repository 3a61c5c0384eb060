import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

/** RFC 6675 without RACK. */
const sack: ScriptOptions = { open: 'client', knobs: { ...senderKnobs, recovery: 'sack', tlp: false } };
/** As Linux does it. */
const rack: ScriptOptions = { open: 'client', knobs: senderKnobs };

describe('finding a loss by SACK and by time', () => {
  it('RFC 3042 §2: with SACK too, as Linux has it', () => {
    play(
      rack,
      `
      0    write 20000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:2001
      +0   out . 10001:11001
      +0   in . 1 ack 1 sack 1001:3001
      +0   out . 11001:12001
      +0   in . 1 ack 1 sack 1001:4001
      +0   out . 1:1001 nth 2
      `,
    );
  });

  it('RFC 6675 §4 (IsLost): three SACKed segments above it', () => {
    play(
      sack,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 2001:3001
      +0   quiet
      +0   in . 1 ack 1 sack 2001:4001
      +0   quiet
      +0   is lost 0
      +0   in . 1 ack 1 sack 2001:5001
      +0   out . 1:1001 nth 2
      +0   is lost 2
      `,
    );
  });

  it('RFC 8985 §6.2 step 4: with three SACKed and no reordering seen there is no wait', () => {
    play(
      rack,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:4001
      +0   out . 1:1001 nth 2
      +0   is phase recovery
      `,
    );
  });

  it('RFC 8985 §6.2 step 5: one SACK arms the reordering timer, a quarter of the smallest round trip and two ms', () => {
    play(
      rack,
      `
      0    write 3000
      +0   out . 1:3001/1000
      100  in . 1 ack 1 sack 1001:2001
      +0   quiet
      +0   is timer reorder
      127  out . 1:1001 nth 2
      +0   is phase recovery
      `,
    );
  });

  it('Linux TCP_TIMEOUT_MIN_US: the two ms are added before the reordering timer is rounded to ticks of 4 ms', () => {
    play(
      { ...rack, knobs: { ...senderKnobs, timerTickMs: 4 } },
      `
      0       write 3000
      +0      out . 1:3001/1000
      100     in . 1 ack 1 sack 1001:2001
      130~1.9 out . 1:1001 nth 2   # 7 ticks and the rest of the first
      `,
    );
  });

  it('RFC 8985 §6.2: a segment sent a round trip and a quarter ago is lost with the first SACK of a later one', () => {
    play(
      rack,
      `
      0    write 1000
      +0   out . 1:1001
      40   write 1000
      +0   out . 1001:2001
      140  in . 1 ack 1 sack 1001:2001
      +0   out . 1:1001 nth 2
      `,
    );
  });

  it('RFC 8985 §6.2: what was sent after the SACKed one is not judged', () => {
    play(
      rack,
      `
      0    write 2000
      +0   out . 1:2001/1000
      50   write 3000
      +0   out . 2001:5001/1000
      100  in . 1 ack 1 sack 1001:2001
      127  out . 1:1001 nth 2
      +0   is lost 1
      `,
    );
  });

  it('RFC 8985 §6.2: a lost retransmission is found when something sent after it is SACKed', () => {
    play(
      rack,
      `
      0    write 20000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:4001
      +0   out . 1:1001 nth 2
      +0   out . 10001:11001
      +0   in . 1 ack 1 sack 1001:6001
      +0   out . 11001:12001
      +0   in . 1 ack 1 sack 1001:8001
      +0   quiet
      +0   in . 1 ack 1 sack 1001:10001
      +0   out . 12001:14001/1000
      200  in . 1 ack 1 sack 1001:11001
      +0   out . 1:1001 nth 3
      +0   out . 14001:15001
      `,
    );
  });

  it('RFC 8985 §6.2 step 4: reordering seen widens the wait, three SACKs are no proof any more', () => {
    play(
      rack,
      `
      0    write 20000
      +0   out . 1:10001/1000
      100  in . 1 ack 1 sack 1001:2001
      +0   out . 10001:11001
      +5   in . 1 ack 2001                 # the first was only late
      +0   out . 11001:13001/1000
      +1   in . 1 ack 2001 sack 3001:6001
      +0   out . 13001:16001/1000
      +0   is phase disorder
      +0   is lost 0
      +0   is timer reorder
      `,
    );
  });

  it('RFC 2018 §8: SACKed data is not sent again', () => {
    play(
      rack,
      `
      0    write 6000
      +0   out . 1:6001/1000
      100  in . 1 ack 1 sack 1001:2001,3001:4001,5001:6001
      +0   out . 1:1001 nth 2
      +0   out . 2001:3001 nth 2
      +0   out . 4001:5001 nth 2
      +100 in . 1 ack 6001
      +0   is phase open
      `,
    );
  });
});
