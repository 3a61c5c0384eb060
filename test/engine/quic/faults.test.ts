import { expect, test } from 'vitest';
import { framed } from '../../../src/engine/protocol/quic/pdu.ts';
import type { Frame } from '../../../src/engine/protocol/quic/pdu.ts';
import { quicProfiles } from '../../../src/engine/protocol/quic/knobs.ts';
import { frameSize } from '../../../src/wire/quic/frame/encode.ts';
import { exchange, QuicPair } from './pair.ts';

/** A connection that is confirmed, to whose server a forged 1-RTT packet with these frames comes. */
const forged = (...frames: Frame[]): { readonly by: string; readonly sentence: string } | undefined => {
  const pair = exchange(new QuicPair(), 100, 1000).run(1000);
  const { core } = pair.ends.client;
  const payload = frames.reduce((sum, frame) => sum + frameSize(frame), 0);
  const number = core.spaces[2].next++;
  const header = {
    kind: 'oneRtt',
    number,
    numberLength: 4,
    destination: core.destination,
    spin: false,
    keyPhase: 0,
  } as const;
  const packet = framed(header, frames, payload);
  pair.inject('server', { packets: [packet], size: packet.size, path: core.path.path, ecn: 0 }).run();
  const said = pair.heard.server.find((one) => one.type === 'closed');
  // The fault is told to the peer, and the peer believes it.
  if (said?.by === 'error')
    expect(pair.heard.client.find((one) => one.type === 'closed')).toMatchObject({ by: 'peer' });
  return said;
};

const { windows } = quicProfiles.rfc;
const stream = (id: number, offset: number, length: number, fin = false): Frame => ({
  kind: 'stream',
  stream: id,
  offset,
  data: { length },
  fin,
  hasLength: true,
});

test.each<[string, Frame[]]>([
  ['FLOW_CONTROL_ERROR', [stream(4, windows.server.stream, 1)]],
  ['STREAM_LIMIT_ERROR', [stream(4 * windows.server.bidi + 400, 0, 1)]],
  ['STREAM_STATE_ERROR', [stream(1, 0, 1)]],
  ['FINAL_SIZE_ERROR', [stream(4, 0, 10, true), stream(4, 0, 11)]],
  ['FINAL_SIZE_ERROR', [stream(4, 5, 10), stream(4, 0, 3, true)]],
  ['PROTOCOL_VIOLATION', [{ kind: 'ack', ranges: [{ smallest: 0, largest: 9999 }], delay: 0, ecn: null }]],
  ['PROTOCOL_VIOLATION', [{ kind: 'handshakeDone' }]],
  [
    'CONNECTION_ID_LIMIT_ERROR',
    [3, 4, 5].map((sequence) => ({
      kind: 'newConnectionId',
      sequence,
      retirePriorTo: 0,
      id: new Uint8Array(8),
      resetToken: new Uint8Array(16),
    })),
  ],
])('%s ends the connection, and is said (RFC 9000 §11.1, §20.1)', (name, frames) => {
  const said = forged(...frames);
  expect(said?.by).toBe('error');
  expect(said?.sentence).toContain(name);
});

test('the same bytes again, and unknown old limits, change nothing', () => {
  expect(forged(stream(0, 0, 100, true), { kind: 'maxData', max: 1 })?.by).toBe('idle');
});

test('a congestion mark reduces the window once, without a loss (RFC 9002 §7.1)', () => {
  const pair = exchange(new QuicPair({ knobs: { ecn: true, congestion: 'reno' } }), 100, 400_000);
  pair.mark = ({ from, n }) => from === 'server' && n >= 40 && n < 44;
  pair.run(20_000);
  expect(pair.lost).toEqual([]);
  expect(pair.ends.server.core.window.ssthresh).toBeLessThan(60);
  expect(pair.got('client', 0).bytes).toBe(400_000);
});
