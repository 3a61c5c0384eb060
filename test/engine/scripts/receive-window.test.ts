import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

/** A receiver whose window is exactly its buffer: 4000 bytes, no scaling, each segment acknowledged. */
const small: ScriptOptions = {
  open: 'server',
  profile: 'textbook',
  knobs: { mss: 1000, receiveWindow: 4000, receiveWindowMax: 4000, windowScale: -1 },
};

describe('our window', () => {
  it('RFC 9293 §3.8.6: shrinks by what is not read, and is closed when the buffer is full', () => {
    play(
      small,
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001 win 3000
      +0  in . 1001:2001 ack 1
      +0  out . 1 ack 2001 win 2000
      +0  in . 2001:3001 ack 1
      +0  out . 1 ack 3001 win 1000
      +0  in . 3001:4001 ack 1
      +0  out . 1 ack 4001 win 0
      `,
    );
  });

  it('RFC 9293 §3.8.6.2.2: a read of little announces nothing; of a segment or half the buffer it does', () => {
    play(
      small,
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001
      +0  in . 1001:2001 ack 1
      +0  out . 1 ack 2001
      +0  in . 2001:3001 ack 1
      +0  out . 1 ack 3001
      +0  in . 3001:4001 ack 1
      +0  out . 1 ack 4001 win 0
      +5  read 100
      +5  read 400
      +0  quiet
      +5  read 500
      +0  out . 1 ack 4001 win 1000
      `,
    );
  });

  it('RFC 9293 §3.8.6.1: a zero-window probe is answered, and says that it is still closed', () => {
    play(
      small,
      `
      0   in . 1:4001 ack 1
      +0  out . 1 ack 4001 win 0
      300 in . 4000 ack 1
      +0  out . 1 ack 4001 win 0
      900 in . 4001:4002 ack 1
      +0  out . 1 ack 4001 win 0
      +0  is readable 4000
      `,
    );
  });

  it('RFC 9293 §3.8.6: the right edge never moves back', () => {
    play(
      {
        open: 'server',
        profile: 'textbook',
        knobs: { mss: 1000, receiveWindow: 8000, receiveWindowMax: 8000, windowScale: -1 },
      },
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001 win 7000
      +0  in . 1001:1101 ack 1
      +0  out . 1 ack 1101 win 6900
      +0  in . 1101:1201 ack 1
      +0  out . 1 ack 1201 win 6800
      `,
    );
  });

  it('RFC 9293 §3.8.6: an unread segment is delivered once the application reads', () => {
    play(
      small,
      `
      0   in . 1:1001 ack 1
      +0  out . 1 ack 1001
      +0  is readable 1000
      +0  hears readable
      +0  read 600
      +0  is readable 400
      +0  read all
      +0  is readable 0
      `,
    );
  });

  it('Linux __tcp_select_window with SO_RCVBUF: the window scale is what the buffer needs', () => {
    play(
      { receiveBuffer: 65_536, knobs: { timerTickMs: 0 } },
      `
      0   open
      +0  out S 0:1 win 64240 wscale 1
      `,
    );
  });
});
