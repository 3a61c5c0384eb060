import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const linux: ScriptOptions = { open: 'client', knobs: senderKnobs };
const noProbe: ScriptOptions = { open: 'client', knobs: { ...senderKnobs, tlp: false } };
const rfc: ScriptOptions = { open: 'client', profile: 'rfc', knobs: { congestion: 'reno', tlp: false } };
const textbook: ScriptOptions = { open: 'client', profile: 'textbook', knobs: { initialWindow: 10 } };

describe('the retransmission timer', () => {
  it('RFC 6298 §2.2, §2.4: one second at least in profile rfc', () => {
    play(
      rfc,
      `
      0     write 1000
      +0    out . 1:1001
      1000  out . 1:1001 nth 2
      `,
    );
  });

  it('Linux tcp_rtt_estimator: SRTT + max(200 ms, 4 · RTTVAR)', () => {
    play(
      noProbe,
      `
      0     write 1000
      +0    out . 1:1001
      300   out . 1:1001 nth 2
      `,
    );
  });

  it('RFC 6298 §2.2: the first sample gives SRTT = R and RTTVAR = R / 2', () => {
    play(
      { ...rfc, rttMs: 600 },
      `
      0     is srttMs 600
      +0    is rtoMs 1800
      `,
    );
  });

  it('RFC 6298 §2.3: the next sample moves SRTT by an eighth', () => {
    play(
      { ...rfc, rttMs: 800 },
      `
      0     write 1000
      +0    out . 1:1001
      +1600 in . 1 ack 1001
      +0    is srttMs 900
      +0    is rtoMs 2900    # 900 + 4 · (3/4 · 400 + 1/4 · 800)
      `,
    );
  });

  it('RFC 6298 §5.5: the timer doubles with each expiry', () => {
    play(
      noProbe,
      `
      0     write 1000
      +0    out . 1:1001 nth 1
      300   out . 1:1001 nth 2
      900   out . 1:1001 nth 3
      2100  out . 1:1001 nth 4
      4500  out . 1:1001 nth 5
      +0    is backoff 4
      `,
    );
  });

  it('RFC 6298 §3 (Karn): a repeated segment gives no sample, and the backoff stays', () => {
    play(
      noProbe,
      `
      0     write 1000
      +0    out . 1:1001
      300   out . 1:1001 nth 2
      +350  in . 1 ack 1001
      +0    is srttMs 100
      +0    write 1000
      +0    out . 1001:2001
      +600  out . 1001:2001 nth 2
      `,
    );
  });

  it('RFC 6298 §3 (Karn): an ACK that covers a repeated segment and others gives none either', () => {
    play(
      noProbe,
      `
      0     write 2000
      +0    out . 1:2001/1000
      300   out . 1:1001 nth 2
      +350  in . 1 ack 2001
      +0    is srttMs 100
      `,
    );
  });

  it('RFC 7323 §4.1: with timestamps a repeated segment does give one', () => {
    play(
      { ...noProbe, peer: 'mss 1012 wscale 8 sackok ts 1/*' },
      `
      0     write 1000
      +0    out . 1:1001
      300   out . 1:1001 nth 2
      +100  in . 1 ack 1001
      +0    is srttMs 100
      +0    is backoff 0
      `,
    );
  });

  it('RFC 6298 §5.3: an ACK of new data starts the timer anew', () => {
    play(
      noProbe,
      `
      0     write 2000
      +0    out . 1:2001/1000
      250   in . 1 ack 1001
      +0    is inflight 1
      300   quiet
      500   quiet
      `,
    );
  });

  it('RFC 6298 §5.2: with everything acknowledged no timer runs', () => {
    play(
      linux,
      `
      0      write 2000
      +0     out . 1:2001/1000
      100    in . 1 ack 2001
      +0     is timer none
      100000 quiet
      `,
    );
  });

  it('RFC 5681 §3.1: after an expiry one segment, half the flight as threshold, and slow start', () => {
    play(
      textbook,
      `
      0     write 10000
      +0    out . 1:10001/1000
      1000  out . 1:1001 nth 2
      +0    is phase loss
      +0    is cwnd 1
      +0    is ssthresh 5
      +100  in . 1 ack 1001
      +0    out . 1001:3001/1000
      +0    is cwnd 2
      +100  in . 1 ack 3001
      +0    out . 3001:7001/1000
      +0    is cwnd 4
      +100  in . 1 ack 7001
      +0    out . 7001:10001/1000
      +0    is cwnd 5
      `,
    );
  });

  it('RFC 6298 §5.4: only the earliest segment is sent again', () => {
    play(
      noProbe,
      `
      0     write 5000
      +0    out . 1:5001/1000
      300   out . 1:1001 nth 2
      +0    quiet
      899   quiet
      900   out . 1:1001 nth 3
      `,
    );
  });

  it('RFC 2018 §8: SACKed data survives an expiry', () => {
    play(
      noProbe,
      `
      0     write 5000
      +0    out . 1:5001/1000
      100   in . 1 ack 1 sack 1001:2001
      127   out . 1:1001 nth 2
      # that is lost as well
      +300  out . 1:1001 nth 3
      +100  in . 1 ack 2001
      +0    out . 2001:4001/1000 nth 2
      `,
    );
  });

  it('Linux timer wheel, HZ = 250: an RTO of 300 ms is late by 0 to 32 ms', () => {
    play(
      { open: 'client', knobs: { tlp: false } },
      `
      0      write 1000
      +0     out . 1:1001
      316~17 out . 1:1001 nth 2
      `,
    );
  });
});
