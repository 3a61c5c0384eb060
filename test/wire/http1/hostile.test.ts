import { describe, expect, it } from 'vitest';
import { MessageReader } from '../../../src/wire/http1/reader.ts';
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts';
import { encodeFrames as encodeHttp2 } from '../../../src/wire/http2/frame.ts';
import { FrameReader } from '../../../src/wire/http2/reader.ts';
import { encodeFrames as encodeHttp3 } from '../../../src/wire/http3/frame.ts';
import { StreamReader } from '../../../src/wire/http3/stream.ts';
import { encodeEncoderInstructions } from '../../../src/wire/qpack/instruction.ts';
import { encoderStream } from '../../../src/wire/qpack/instructionStream.ts';
import { quicFrameFields } from '../../../src/wire/quic/fields/frames.ts';
import { decodeFrames } from '../../../src/wire/quic/frame/decode.ts';
import { packetsOf } from '../../../src/wire/quic/packet/datagram.ts';

/** Hands bytes over one at a time; gives back what came out. */
const trickled = <T>(bytes: Uint8Array, read: (byte: Uint8Array) => readonly T[]): T[] => {
  const out: T[] = [];
  for (let i = 0; i < bytes.length; i++) out.push(...read(bytes.subarray(i, i + 1)));
  return out;
};
const SIZE = 400_000;

/** Each of these would not end within the test's time if a byte cost more the more bytes there are. */
describe('hostile input costs in proportion to its bytes', () => {
  it('one byte at a time: HTTP/1.1, HTTP/2, HTTP/3, QPACK', () => {
    const head = Buffer.from(`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(20_000)}x: ${'y'.repeat(100_000)}\r\n\r\n`);
    const one = new MessageReader('request');
    expect(trickled(head, (byte) => one.read(byte).events).map((event) => event.kind)).toEqual(['head', 'end']);

    const two = new FrameReader('server');
    two.maxFrameSize = SIZE;
    const data = { kind: 'data', stream: 1, data: new Uint8Array(SIZE), endStream: true, padding: null } as const;
    const frames = trickled(encodeHttp2({ kind: 'settings', values: [] }, data), (byte) => two.push(byte));
    expect(frames.map(({ end }) => end)).toEqual([9, 9 + 9 + SIZE]);

    const three = new StreamReader('bidirectional');
    const headers = encodeHttp3({ kind: 'headers', section: new Uint8Array(SIZE) });
    expect(trickled(headers, (byte) => three.read(byte).frames)).toHaveLength(1);

    const qpack = encoderStream();
    const value = { text: 'v'.repeat(SIZE), huffman: false };
    const insert = encodeEncoderInstructions([{ kind: 'insert', name: { from: 'static', index: 1 }, value }]);
    const read = (byte: Uint8Array): readonly unknown[] => {
      const pushed = qpack.push(byte);
      return pushed.ok ? pushed.value : [];
    };
    expect(trickled(insert, read)).toHaveLength(1);
  });

  it('many small pieces at once: frames, lines, ranges, packets', () => {
    const pings = new Uint8Array(SIZE).fill(1);
    const decoded = decodeFrames(pings);
    expect(decoded.ok && decoded.value.length).toBe(SIZE);
    expect(quicFrameFields(pings, 0, SIZE)).toHaveLength(SIZE);
    // One ACK whose ranges take all the bytes there are: gap 0, range 0.
    const ack = new Uint8Array(SIZE);
    ack.set([0x02, 0xbf, 0xff, 0xff, 0xff, 0x00, 0xbf, 0xff, 0xff, 0xff, 0x00]);
    const refused = decodeFrames(ack);
    expect(refused.ok ? '' : refused.problems[0]?.what).toContain('ACK');
    // Packets of 20 bytes, one behind the other.
    const packet = [0xe0, 0, 0, 0, 1, 0, 0, 13, ...new Array<number>(13).fill(7)];
    const many = Uint8Array.from({ length: 63_000 }, (_, i) => packet[i % packet.length] ?? 0);
    expect(packetsOf(many, 0).packets).toHaveLength(3000);
    // Each line puts an entry into the table and pushes others out.
    const lines = Uint8Array.from({ length: SIZE }, (_, i) => [0x40, 0x01, 0x61, 0x00][i % 4] ?? 0);
    const list = new HpackDecoder(4096, SIZE * 20).decode(lines);
    expect(list.ok && list.value.length).toBe(SIZE / 4);
  });
});
