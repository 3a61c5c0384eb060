import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const client: ScriptOptions = { open: 'client', knobs: { timerTickMs: 0, timeWaitMs: 60_000 } };
const server: ScriptOptions = { open: 'server', knobs: { timerTickMs: 0 } };

describe('closing', () => {
  it('RFC 9293 §3.6, figure 12: four segments, the active side waits 2·MSL', () => {
    play(
      client,
      `
      0     close
      +0    out F. 1:2 ack 1
      +0    is state FIN-WAIT-1
      +100  in . 1 ack 2
      +0    is state FIN-WAIT-2
      +50   in F. 1:2 ack 2
      +0    out . 2 ack 2
      +0    is state TIME-WAIT
      +0    hears closed
      60149 is state TIME-WAIT
      60151 is state CLOSED
      `,
    );
  });

  it('RFC 9293 §3.6: FIN and ACK in one segment, three in all', () => {
    play(
      client,
      `
      0     close
      +0    out F. 1:2 ack 1
      +100  in F. 1:2 ack 2
      +0    out . 2 ack 2
      +0    is state TIME-WAIT
      `,
    );
  });

  it('RFC 9293 §3.10.7.4: the passive side passes CLOSE-WAIT and LAST-ACK; its ACK rides with its FIN if it closes at once', () => {
    play(
      server,
      `
      0     in F. 1:2 ack 1
      +0    is state CLOSE-WAIT
      +0    hears peer-closed
      +0.05 close
      +0    out F. 1:2 ack 2
      +0    is state LAST-ACK
      +100  in . 2 ack 2
      +0    is state CLOSED
      +0    hears closed
      `,
    );
  });

  it('RFC 9293 §3.8.6.3: the ACK of a FIN waits for the delayed-ACK timer at most', () => {
    play(
      server,
      `
      0      in F. 1:2 ack 1
      +40~1  out . 1 ack 2
      1000   close
      +0     out F. 1:2 ack 2
      `,
    );
  });

  it('RFC 9293 §3.6, figure 13: simultaneous close passes CLOSING', () => {
    play(
      client,
      `
      0     close
      +0    out F. 1:2 ack 1
      +50   in F. 1:2 ack 1
      +0    is state CLOSING
      +0    out . 2 ack 2
      +50   in . 2 ack 2
      +0    is state TIME-WAIT
      `,
    );
  });

  it('RFC 9293 §3.6: half-close, data goes on in the other direction', () => {
    play(
      client,
      `
      0     shutdown
      +0    out F. 1:2 ack 1
      +100  in . 1 ack 2
      +0    is state FIN-WAIT-2
      +10   in . 1:1001 ack 2
      +0    out . 2 ack 1001
      +0    is readable 1000
      +0    read all
      +10   in F. 1001:1502 ack 2
      +0    out . 2 ack 1502
      +0    is readable 500
      +0    is state TIME-WAIT
      `,
    );
  });

  it('RFC 9293 §3.10.4: CLOSE-WAIT may send on before it closes', () => {
    play(
      server,
      `
      0     in F. 1:2 ack 1
      +0.05 write 2000
      +0    out . 1:2001/1000 ack 2
      +100  in . 2 ack 2001
      +0    shutdown
      +0    out F. 2001:2002 ack 2
      +0    is state LAST-ACK
      `,
    );
  });

  it('RFC 9293 §3.10.4: the FIN follows what is written, on the last segment', () => {
    play(
      client,
      `
      0     write 1500
      +0    out . 1:1001
      +0    out P. 1001:1501
      +0    write 2500
      +0    out . 1501:3501/1000
      +10   shutdown
      +0    out F. 3501:4002
      +0    is state FIN-WAIT-1
      `,
    );
  });

  it('RFC 9293 §3.7.4: a FIN is not held by Nagle', () => {
    play(
      client,
      `
      0     write 100
      +0    out P. 1:101
      +0    write 100
      +0    quiet
      +5    shutdown
      +0    out FP. 101:202
      `,
    );
  });

  it('RFC 9293 §3.8.1: a FIN that is lost is sent again', () => {
    play(
      { ...client, knobs: { timerTickMs: 0, tlp: false } },
      `
      0     shutdown
      +0    out F. 1:2 ack 1 nth 1
      300   out F. 1:2 ack 1 nth 2
      900   out F. 1:2 ack 1 nth 3
      +10   in . 1 ack 2
      +0    is state FIN-WAIT-2
      `,
    );
  });

  it('RFC 8985 §7.3: a lone lost FIN is probed, and repaired', () => {
    play(
      client,
      `
      0       write 1000
      +0      out . 1:1001
      +0      shutdown
      +0      out F. 1001:1002
      100     in . 1 ack 1001
      +300~10 out F. 1001:1002 nth 2
      +10     in . 1 ack 1002
      +0      is state FIN-WAIT-2
      `,
    );
  });

  it('RFC 9293 §3.10.7.4 eighth: TIME-WAIT acknowledges a FIN again and starts anew', () => {
    play(
      client,
      `
      0     close
      +0    out F. 1:2 ack 1
      100   in F. 1:2 ack 2
      +0    out . 2 ack 2
      30100 in F. 1:2 ack 2
      +0    out . 2 ack 2
      60200 is state TIME-WAIT
      90099 is state TIME-WAIT
      90101 is state CLOSED
      `,
    );
  });

  it('RFC 9293 §3.10.7.4 fourth: a SYN in TIME-WAIT does not kill it; it is answered by an ACK of where we are', () => {
    play(
      client,
      `
      0     close
      +0    out F. 1:2 ack 1
      100   in F. 1:2 ack 2
      +0    out . 2 ack 2
      1000  in S 1:2 mss 1000
      +0    out . 2 ack 2
      +0    is state TIME-WAIT
      `,
    );
  });

  it('RFC 1337 §3: a RST does not assassinate TIME-WAIT', () => {
    play(
      { ...client, profile: 'rfc', knobs: {} },
      `
      0     close
      +0    out F. 1:2 ack 1
      100   in F. 1:2 ack 2
      +0    out . 2 ack 2
      1000  in R 2
      +0    is state TIME-WAIT
      `,
    );
  });

  it('RFC 9293 §3.10.7.4 eighth: a FIN out of order waits for what is before it', () => {
    play(
      server,
      `
      0     in F. 1001:1502 ack 1
      +0    out . 1 ack 1 sack 1001:1502
      +0    is state ESTABLISHED
      +5    in . 1:1001 ack 1
      +0    is state CLOSE-WAIT
      +0    is readable 1500
      +0    out . 1 ack 1502
      `,
    );
  });

  it('RFC 9293 §3.10.7.4 eighth: a FIN that came already is acknowledged again', () => {
    play(
      server,
      `
      0      in F. 1:2 ack 1
      +40~1  out . 1 ack 2
      300    in F. 1:2 ack 1
      +0~1   out . 1 ack 2
      +0     is state CLOSE-WAIT
      `,
    );
  });
});
