import { describe, expect, it, test } from 'vitest';
import { packetLabel, packetName, packetTitle } from '../../../src/packet/label.ts';
import { rangesText } from '../../../src/packet/quic/label.ts';
import type { Trace } from '../../../src/trace/types.ts';
import { page, QuicPair } from '../../engine/quic/pair.ts';
import { quicTraceOf } from '../../support/quicTrace.ts';
import { quicVariants } from '../../support/quicVariants.ts';

const traceOf = (name: string): Trace => {
  const found = quicVariants.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return quicTraceOf(found.run());
};
const labels = (trace: Trace, count = trace.packetCount): string[] =>
  Array.from({ length: count }, (_, i) => `${trace.packets.link[i] === 0 ? '>' : '<'} ${packetLabel(trace, i)}`);

describe('what an arrow of QUIC says', () => {
  it('a handshake, the request with its end, the answer', () => {
    expect(labels(traceOf('1-RTT'), 6)).toEqual([
      '> Initial: ClientHello',
      '< Initial, Handshake: ServerHello, EncryptedExtensions',
      '< Handshake, 1-RTT: Certificate … Finished',
      '> Initial, Handshake, 1-RTT: Finished + stream 0, 300 bytes',
      '< 1-RTT #1: NewSessionTicket, NewSessionTicket + stream 0, 630 bytes',
      '< 1-RTT #2: stream 0, 1,168 bytes',
    ]);
  });

  test.each([
    ['0-RTT', '> Initial, 0-RTT: ClientHello + stream 0, 300 bytes'],
    ['0-RTT', '< Initial, Handshake, 1-RTT: ServerHello … Finished + stream 0, 811 bytes'],
    ['Retry', '< Retry'],
    ['version negotiation', '< Version Negotiation'],
    ['HelloRetryRequest', '< Initial: HelloRetryRequest'],
    ['RSA chain', '< Handshake: part of Certificate'],
    ['with losses', '> Handshake: PING'],
    ['with losses', '< Handshake: ACK 1'],
    ['many streams', '> Initial, Handshake, 1-RTT: Finished + 4 streams, 200 bytes'],
    ['close', '> CONNECTION_CLOSE'],
    ['stateless reset', '< Stateless reset'],
    ['1-RTT', '> ACK 0–18'],
  ])('%s: %s', (name, label) => {
    expect(labels(traceOf(name))).toContain(label);
  });

  it('streams beside each other in the order of their numbers, many of them counted', () => {
    const text = (...streams: number[]): string => {
      const pair = page(new QuicPair(), 50, new Map(streams.map((stream) => [stream, 10]))).run(200);
      return labels(quicTraceOf(pair)).find((label) => label.includes('Finished + ')) ?? '';
    };
    expect(text(4, 0)).toBe('> Initial, Handshake, 1-RTT: Finished + streams 0 and 4, 100 bytes');
    expect(text(8, 0, 4)).toBe('> Initial, Handshake, 1-RTT: Finished + streams 0, 4 and 8, 150 bytes');
  });

  it('a path is asked after', () => {
    expect(labels(traceOf('migration')).join('\n')).toMatch(/^> 1-RTT #[\d,]+: .*PATH_CHALLENGE/m);
  });

  it('no datagram is left without a name', () => {
    for (const { run } of quicVariants)
      for (const label of labels(quicTraceOf(run()))) expect(label).not.toMatch(/UDP|QUIC|undefined/);
  });
});

test('in sentences a packet has its number, in titles all that it is', () => {
  const trace = traceOf('1-RTT');
  expect([0, 1, 3, 5].map((i) => packetName(trace, i))).toEqual(['Initial #0', 'Initial #0', '#0', '#2']);
  expect(packetTitle(trace, 5)).toBe('1-RTT #2: stream 0, 1,168 bytes');
});

test('ranges of an ACK: two are told, more are counted', () => {
  const range = (smallest: number, largest: number): { smallest: number; largest: number } => ({ smallest, largest });
  expect(rangesText([range(0, 17)])).toBe('0–17');
  expect(rangesText([range(5, 17), range(2, 2)])).toBe('2, 5–17');
  expect(rangesText([range(1200, 1300), range(5, 17), range(2, 2)])).toBe('2–1,300 with 2 gaps');
});
