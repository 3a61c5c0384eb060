import { describe, expect, it } from 'vitest';
import { ErrorCode, errorName, frameTypeName, settingName } from '../../../src/wire/http2/codes.ts';
import { decodeFrame } from '../../../src/wire/http2/decode.ts';
import { frameFields } from '../../../src/wire/http2/fields.ts';
import { encodeFrames, PREFACE } from '../../../src/wire/http2/frame.ts';
import type { Frame } from '../../../src/wire/http2/frame.ts';
import { FrameReader } from '../../../src/wire/http2/reader.ts';
import { HpackEncoder } from '../../../src/wire/hpack/encoder.ts';
import { encodeLines } from '../../../src/wire/hpack/line.ts';
import { fromHex, list } from '../hpack/support.ts';

const { ProtocolError, FrameSizeError, FlowControlError, EnhanceYourCalm } = ErrorCode;
const settings: Frame = { kind: 'settings', values: [] };
const start = (stream: number, endHeaders: boolean): Frame => ({
  kind: 'headers',
  stream,
  block: Uint8Array.of(0x82),
  endStream: false,
  endHeaders,
  priority: null,
  padding: null,
});
const part = (stream: number, length = 1): Frame => ({
  kind: 'continuation',
  stream,
  block: new Uint8Array(length),
  endHeaders: false,
});

describe('a connection’s bytes', () => {
  it.each<[string, readonly Frame[], number, string]>([
    ['no SETTINGS first', [start(1, true)], ProtocolError, 'first frame has to be SETTINGS'],
    [
      'a frame inside a header block',
      [settings, start(1, false), start(3, true)],
      ProtocolError,
      'of stream 1 has to go on',
    ],
    ['CONTINUATION of another stream', [settings, start(1, false), part(3)], ProtocolError, 'of stream 1 has to go on'],
    ['CONTINUATION of nothing', [settings, part(1)], ProtocolError, 'continues no header block'],
    [
      'a flood of CONTINUATION',
      [settings, start(1, false), ...Array.from({ length: 20_000 }, () => part(1, 0))],
      EnhanceYourCalm,
      'goes on for more than',
    ],
  ])('%s ends it', (_, frames, code, sentence) => {
    const reader = new FrameReader('server');
    const read = reader.push(encodeFrames(...frames));
    expect(read.at(-1)?.refused).toMatchObject({ code, scope: 'connection' });
    expect(read.at(-1)?.refused?.problems[0]?.what).toContain(sentence);
    expect(reader.push(encodeFrames(settings))).toEqual([]);
  });

  it('a bystander reads on where an end would close for the first frame (RFC 9113 §3.4), and says so once', () => {
    const bytes = encodeFrames({ kind: 'settingsAck' }, settings, start(1, true));
    expect(new FrameReader('server').push(bytes)).toHaveLength(1);
    const read = new FrameReader('server', 'bystander').push(bytes);
    expect(read.map(({ refused }) => refused)).toEqual([null, null, null]);
    expect(read.map(({ remark }) => remark !== null)).toEqual([true, false, false]);
    expect(read[2]?.block?.stream).toBe(1);
    // Frames that cannot be told apart stop it, too.
    const mixed = new FrameReader('server', 'bystander').push(encodeFrames(settings, start(1, false), start(3, true)));
    expect(mixed.at(-1)?.refused?.scope).toBe('connection');
  });

  it('what refuses one stream lets the others go on', () => {
    const read = new FrameReader('server').push(
      Uint8Array.of(
        ...encodeFrames(settings),
        ...fromHex('00000408000000000300000000'),
        ...encodeFrames(start(5, true)),
      ),
    );
    expect(read.map(({ refused }) => refused?.scope ?? null)).toEqual([null, 'stream', null]);
    expect(read[1]?.refused).toMatchObject({ code: ProtocolError, problems: [{ where: 'byte 18' }] });
    expect(read[2]?.block).toMatchObject({ stream: 5, frames: 1 });
  });

  it('another protocol is told by its first bytes', () => {
    const read = new FrameReader('client').push(fromHex('474554'));
    expect(read[0]?.refused?.problems[0]?.what).toContain('does not begin with the preface');
    expect(new FrameReader('client').push(PREFACE.subarray(0, 10))).toEqual([]);
  });

  it('a frame that is too long is refused by its header alone', () => {
    const reader = new FrameReader('server');
    reader.push(encodeFrames(settings));
    const read = reader.push(fromHex('ffffff000000000001'));
    expect(read[0]?.refused).toMatchObject({ code: FrameSizeError, problems: [{ where: 'byte 9' }] });
  });

  it.each([
    ['INITIAL_WINDOW_SIZE', '000006040000000000' + '000480000000', FlowControlError],
    ['MAX_FRAME_SIZE', '000006040000000000' + '000500000001', ProtocolError],
    ['ENABLE_PUSH', '000006040000000000' + '000200000002', ProtocolError],
    ['SETTINGS that acknowledges and says', '000006040100000000' + '000200000001', FrameSizeError],
    ['padding longer than the frame', '000003000800000001' + '030000', ProtocolError],
    ['HEADERS without room for its priority', '000004012400000001' + '00000000', FrameSizeError],
    ['PRIORITY_UPDATE of stream 0', '000004100000000000' + '00000000', ProtocolError],
    ['PRIORITY_UPDATE on a stream', '000004100000000001' + '00000001', ProtocolError],
    ['GOAWAY too short', '000004070000000000' + '00000000', FrameSizeError],
  ])('%s is refused with its code', (_, hex, code) => {
    expect(decodeFrame(fromHex(hex))).toMatchObject({ ok: false, code });
  });

  it('what RFC 7838 and RFC 8336 say to pass over is passed over', () => {
    expect(decodeFrame(fromHex('0000010a0000000000ff'))).toMatchObject({
      ok: true,
      value: { frame: { kind: 'unknown' } },
    });
    expect(decodeFrame(fromHex('0000030c0000000000000561'))).toMatchObject({
      ok: true,
      value: { frame: { kind: 'unknown', type: 0xc } },
    });
  });
});

describe('names and fields', () => {
  it('are as the RFCs write them', () => {
    expect([0, 7, 8, 0xa, 0x10, 0x40].map(frameTypeName)).toEqual([
      'DATA',
      'GOAWAY',
      'WINDOW_UPDATE',
      'ALTSVC',
      'PRIORITY_UPDATE',
      'type 0x40',
    ]);
    expect([1, 4, 9, 0x21].map(settingName)).toEqual([
      'HEADER_TABLE_SIZE',
      'INITIAL_WINDOW_SIZE',
      'NO_RFC7540_PRIORITIES',
      'setting 0x21',
    ]);
    expect([0, 1, 0xb, 0xd].map(errorName)).toEqual([
      'NO_ERROR',
      'PROTOCOL_ERROR',
      'ENHANCE_YOUR_CALM',
      'HTTP_1_1_REQUIRED',
    ]);
  });

  it('a header block is shown line by line, where its table is known', () => {
    const block = encodeLines(new HpackEncoder().lines(list(':method: GET | :path: /a | x-y: z')));
    const frame: Frame = { ...start(1, true), block, padding: new Uint8Array(3) } as Frame;
    const bytes = encodeFrames(frame);
    const fields = frameFields(bytes, 0, bytes.length, { entries: [], capacity: 4096 });
    expect(fields.slice(5).map((f) => `${f.name}: ${f.value}`)).toEqual([
      'Pad length: 3',
      ':method: GET',
      ':path: /a',
      'x-y: z',
      'Padding: 00 00 00',
    ]);
    expect(fields.find((f) => f.name === 'Flags')).toMatchObject({ value: 'END_HEADERS, PADDED' });
    const flag = fields[2]?.parts.find((f) => f.name === 'PADDED');
    // Bit 3 of the flags, counted from the right, is bit 36 of the frame.
    expect([flag?.bit, flag?.value]).toEqual([36, 'set']);
  });
});
