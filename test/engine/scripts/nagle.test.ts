import { describe, it } from 'vitest';
import { play } from '../support/script.ts';
import type { ScriptOptions } from '../support/script.ts';

const nagle: ScriptOptions = { open: 'client', knobs: { timerTickMs: 0 } };
const nodelay: ScriptOptions = { open: 'client', knobs: { timerTickMs: 0, nagle: false } };

describe('small writes', () => {
  it('RFC 9293 §3.7.4 (Nagle): a second small one waits for the ACK of the first', () => {
    play(
      nagle,
      `
      0    write 100
      +0   out P. 1:101
      +0   write 100
      +10  write 50
      +0   quiet
      100  in . 1 ack 101
      +0   out P. 101:251
      `,
    );
  });

  it('RFC 9293 §3.7.4 (Nagle): what fills a segment goes at once', () => {
    play(
      nagle,
      `
      0    write 100
      +0   out P. 1:101
      +0   write 950
      +0   quiet
      +10  write 50
      +0   out P. 101:1101
      `,
    );
  });

  it('Minshall: a small rest behind full segments does not wait', () => {
    play(
      nagle,
      `
      0    write 2300
      +0   out . 1:2001/1000
      +0   out P. 2001:2301
      `,
    );
  });

  it('Minshall: but the next small one does, until that rest is acknowledged', () => {
    play(
      nagle,
      `
      0    write 2300
      +0   out . 1:2001/1000
      +0   out P. 2001:2301
      +0   write 300
      100  in . 1 ack 2001
      +0   quiet
      +0   in . 1 ack 2301
      +0   out P. 2301:2601
      `,
    );
  });

  it('RFC 9293 §3.7.4: TCP_NODELAY sends each write by itself', () => {
    play(
      nodelay,
      `
      0   write 100
      +0  out P. 1:101
      +0  write 100
      +0  out P. 101:201
      +1  write 50
      +0  out P. 201:251
      `,
    );
  });

  it('RFC 9293 §3.9.1.2: PSH stands where a write ends', () => {
    play(
      nodelay,
      `
      0   write 2500
      +0  out . 1:1001
      +0  out . 1001:2001
      +0  out P. 2001:2501
      `,
    );
  });
});
