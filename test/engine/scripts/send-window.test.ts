import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const linux: ScriptOptions = { open: 'client', knobs: senderKnobs };

describe('the send buffer', () => {
  it('Linux tcp_check_space: who fills it waits for an ACK, though the window has room', () => {
    play(
      { open: 'client', knobs: { ...senderKnobs, bufferOverhead: true, writePollMs: 0 } },
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 10001
      +0   write 20000
      +0   out . 10001:30001/1000
      200  in . 1 ack 30001
      +0   write 60000
      +0   out . 30001:56001/1000
      +50  quiet
      300  in . 1 ack 40001
      300.04 out . 56001:90001/1000
      `,
    );
  });
});

describe("the peer's window", () => {
  it('RFC 9293 §3.8.6: no more than it announced is in flight', () => {
    play(
      linux,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 10001 win 3000
      +0   write 10000
      +0   out . 10001:13001/1000
      +0   quiet
      200  in . 1 ack 11001 win 3000
      +0   out . 13001:14001
      `,
    );
  });

  it('RFC 9293 §3.8.6.2.1: a window smaller than a segment is not filled with a silly one', () => {
    play(
      linux,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 10001 win 2500
      +0   write 10000
      +0   out . 10001:12001/1000
      +0   quiet
      200  in . 1 ack 12001 win 500
      +0   quiet
      `,
    );
  });

  it('RFC 9293 §3.8.6.1: a closed window is probed after the RTO, and then ever more rarely', () => {
    play(
      linux,
      `
      0    write 1000
      +0   out . 1:1001
      100  in . 1 ack 1001 win 0
      +0   write 1000
      +300 out . 1000 ack 1
      +0   is timer persist
      +100 in . 1 ack 1001 win 0
      +600 out . 1000 ack 1
      +100 in . 1 ack 1001 win 0
      +1200 out . 1000 ack 1
      +100 in . 1 ack 1001 win 0
      +2400 out . 1000 ack 1
      `,
    );
  });

  it('RFC 9293 §3.8.6.1: probes go on where they are not answered, doubling', () => {
    play(
      linux,
      `
      0    write 1000
      +0   out . 1:1001
      100  in . 1 ack 1001 win 0
      +0   write 1000
      +300 out . 1000 ack 1
      +600 out . 1000 ack 1
      +1200 out . 1000 ack 1
      +2400 out . 1000 ack 1
      `,
    );
  });

  it('RFC 9293 §3.8.6.1: a window update sets the data free at once', () => {
    play(
      linux,
      `
      0    write 1000
      +0   out . 1:1001
      100  in . 1 ack 1001 win 0
      +0   write 3000
      150  in . 1 ack 1001 win 5000
      +0   out . 1001:4001/1000
      +0   is timer probe
      `,
    );
  });

  it('RFC 9293 §3.8.6.1: the answer to a probe may open the window', () => {
    play(
      linux,
      `
      0    write 1000
      +0   out . 1:1001
      100  in . 1 ack 1001 win 0
      +0   write 3000
      +300 out . 1000 ack 1
      +100 in . 1 ack 1001 win 2000
      +0   out . 1001:3001/1000
      +0   is backoff 0
      `,
    );
  });

  it('RFC 9293 §3.8.6.1: a window too small for a segment is used by the probe', () => {
    play(
      linux,
      `
      0    write 10000
      +0   out . 1:10001/1000
      100  in . 1 ack 10001 win 400
      +0   write 1000
      +300 out . 10001:10401
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: an older segment does not change the window', () => {
    play(
      { ...linux, knobs: { timerTickMs: 0, delayedAckMs: 0 } },
      `
      0    in . 1:101 ack 1 win 5000
      +0   out . 1 ack 101
      +10  in . 1:101 ack 1 win 100
      +0   out . 1 ack 101
      +0   is sndWnd 5000
      `,
    );
  });

  it('RFC 7323 §2.3: the peer scales what it announces, but not on its SYN', () => {
    play(
      { ...linux, peer: 'win 1000 mss 1000 wscale 4 sackok' },
      `
      0    is sndWnd 1000
      +0   in . 1 ack 1 win 1000
      +0   is sndWnd 16000
      `,
    );
  });

  it('RFC 7323 §2.2: no scaling where the peer has not offered it', () => {
    play(
      { ...linux, peer: 'win 1000 mss 1000' },
      `
      0    in . 1 ack 1 win 1000
      +0   is sndWnd 1000
      `,
    );
  });

  it('RFC 7323 §2.3: a shift above 14 counts as 14', () => {
    play(
      { ...linux, peer: 'win 1000 mss 1000 wscale 15' },
      `
      0    in . 1 ack 1 win 2
      +0   is sndWnd 32768
      `,
    );
  });
});
