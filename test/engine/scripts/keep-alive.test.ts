import { describe, it } from 'vitest';
import { play, senderKnobs } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const asked = { ...senderKnobs, keepAlive: true };
const linux: ScriptOptions = { open: 'client', knobs: asked };

const HOUR = 3_600_000;

describe('keep-alive', () => {
  it('RFC 9293 §3.8.4, MUST-25: none unless it is asked for', () => {
    play({ open: 'client', knobs: senderKnobs }, `${10 * HOUR} quiet`);
  });

  it('RFC 9293 §3.8.4: after two hours of silence an old number is sent, without data; the answer begins the wait anew', () => {
    play(
      linux,
      `
      ${2 * HOUR - 1} quiet
      +1      out . 0 ack 1
      +100    in . 1 ack 1
      +0      is state ESTABLISHED
      +${2 * HOUR} out . 0 ack 1
      `,
    );
  });

  it('Linux sysctl_tcp_keepalive_intvl, _probes: nine probes 75 s apart, then a reset, and the application is told', () => {
    const probes = Array.from({ length: 8 }, () => '+75000 out . 0 ack 1').join('\n');
    play(
      linux,
      `
      ${2 * HOUR} out . 0 ack 1
      ${probes}
      +75000 out R. 1 ack 1
      +0     is state CLOSED
      +0     hears timed-out
      `,
    );
  });

  it('an answer to a late probe saves the connection, and the count begins anew', () => {
    play(
      { open: 'client', knobs: { ...asked, keepAliveMs: 10_000, keepAliveIntervalMs: 1000, keepAliveProbes: 2 } },
      `
      10000  out . 0 ack 1
      +1000  out . 0 ack 1
      +500   in . 1 ack 1
      +10000 out . 0 ack 1
      +1000  out . 0 ack 1
      +1000  out R. 1 ack 1
      `,
    );
  });

  it('data from the peer is a sign of life too', () => {
    play(
      { open: 'client', knobs: { ...asked, keepAliveMs: 10_000, delayedAckMs: 0 } },
      `
      6000   in . 1:101 ack 1
      +0     out . 1 ack 101
      +9999  quiet
      +1     out . 0 ack 101
      `,
    );
  });

  it('where data is in flight, its own timer asks', () => {
    play(
      { open: 'client', knobs: { ...asked, keepAliveMs: 1000, tlp: false } },
      `
      900    write 1000
      +0     out . 1:1001
      +300   out . 1:1001
      +600   out . 1:1001
      +100   in . 1 ack 1001
      +999   quiet
      +1     out . 1000 ack 1
      `,
    );
  });

  it('ends with the connection', () => {
    play(
      { open: 'client', knobs: { ...asked, keepAliveMs: 1000, timeWaitMs: 5000 } },
      `
      0     close
      +0    out F. 1 ack 1
      100   in F. 1 ack 2
      +0    out . 2 ack 2
      +9000 quiet
      `,
    );
  });
});
