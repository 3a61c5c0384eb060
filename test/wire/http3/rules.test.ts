import { describe, expect, it } from 'vitest';
import { ErrorCode, errorName, frameTypeName, settingName, streamTypeName } from '../../../src/wire/http3/codes.ts';
import { frameFields } from '../../../src/wire/http3/fields.ts';
import { encodeFrames, encodeStreamType } from '../../../src/wire/http3/frame.ts';
import { StreamReader } from '../../../src/wire/http3/stream.ts';
import { encodeSection } from '../../../src/wire/qpack/section.ts';
import { QpackEncoder } from '../../../src/wire/qpack/encoder.ts';
import { fromHex, list, toHex } from '../hpack/support.ts';

describe('the rules of HTTP/3 streams', () => {
  it.each([
    ['DATA before HEADERS', 'bidirectional', '0003616263', ErrorCode.FrameUnexpected],
    ['SETTINGS on a request', 'bidirectional', '0400', ErrorCode.FrameUnexpected],
    ['a frame of HTTP/2', 'bidirectional', '010006 0400000000', ErrorCode.FrameUnexpected],
    ['no SETTINGS first', 'unidirectional', '00 0700', ErrorCode.MissingSettings],
    ['SETTINGS twice', 'unidirectional', '00 0400 0400', ErrorCode.FrameUnexpected],
    ['a setting twice', 'unidirectional', '00 0404 0601 0602', ErrorCode.SettingsError],
    ['a setting of HTTP/2', 'unidirectional', '00 0402 0301', ErrorCode.SettingsError],
    ['HEADERS on the control stream', 'unidirectional', '00 0400 0100', ErrorCode.FrameUnexpected],
    ['PUSH_PROMISE in a push', 'unidirectional', '01 05 0100 0500', ErrorCode.FrameUnexpected],
    ['GOAWAY with a byte too many', 'unidirectional', '00 0400 07020000', ErrorCode.FrameError],
    ['GOAWAY that is empty', 'unidirectional', '00 0400 0700', ErrorCode.FrameError],
    ['PRIORITY_UPDATE on a request', 'bidirectional', '0100 800f0700 04 00 753d31', ErrorCode.FrameUnexpected],
    [
      'PRIORITY_UPDATE of a stream without request',
      'unidirectional',
      '00 0400 800f0700 04 02 753d31',
      ErrorCode.IdError,
    ],
    ['HEADERS without end', 'bidirectional', '01 bfffffff', ErrorCode.ExcessiveLoad],
  ] as const)('%s is refused', (_, direction, hex, code) => {
    const reader = new StreamReader(direction);
    expect(reader.read(fromHex(hex)).refused).toMatchObject({ code });
    expect(reader.read(fromHex('00')).frames).toEqual([]);
  });

  it('a stream that ends inside a frame is refused', () => {
    const reader = new StreamReader('bidirectional');
    expect(reader.read(fromHex('0105aabb')).refused).toBeNull();
    expect(reader.finish()).toMatchObject({ code: ErrorCode.FrameError, problems: [{ where: 'byte 2' }] });
  });

  it('DATA is handed on as it comes, and its place is known from the start', () => {
    const reader = new StreamReader('bidirectional');
    reader.read(fromHex('0100'));
    expect(reader.read(fromHex('00056162')).frames).toEqual([
      { at: 2, end: 9, frame: { kind: 'data', data: fromHex('6162') }, isLast: false },
    ]);
    expect(reader.read(fromHex('636465')).frames).toMatchObject([{ at: 2, end: 9, isLast: true }]);
  });

  it('a push, a QPACK stream and an unknown one are told by their first number', () => {
    const push = new StreamReader('unidirectional');
    push.read(encodeStreamType(1, 5));
    expect([push.kind, push.push]).toEqual(['push', 5]);
    const qpack = new StreamReader('unidirectional');
    expect(toHex(qpack.read(fromHex('023fbd01')).bytes ?? new Uint8Array(0))).toBe('3fbd01');
    expect(qpack.kind).toBe('qpackEncoder');
    const grease = new StreamReader('unidirectional');
    expect(grease.read(fromHex('21ffffffff'))).toEqual({ frames: [], bytes: null, refused: null });
    expect([grease.kind, grease.finish()]).toEqual(['unknown', null]);
  });

  it('names are as the RFCs write them', () => {
    expect([0, 7, 0xd, 0xf0700, 0x21, 0x99].map(frameTypeName)).toEqual([
      'DATA',
      'GOAWAY',
      'MAX_PUSH_ID',
      'PRIORITY_UPDATE',
      'GREASE',
      'type 0x99',
    ]);
    expect([1, 6, 7].map(settingName)).toEqual([
      'QPACK_MAX_TABLE_CAPACITY',
      'MAX_FIELD_SECTION_SIZE',
      'QPACK_BLOCKED_STREAMS',
    ]);
    expect([0x100, 0x105, 0x200].map(errorName)).toEqual([
      'H3_NO_ERROR',
      'H3_FRAME_UNEXPECTED',
      'QPACK_DECOMPRESSION_FAILED',
    ]);
    expect([0, 2, 3].map(streamTypeName)).toEqual(['control', 'QPACK encoder', 'QPACK decoder']);
  });

  it('fields show settings with their meaning, and a header section line by line', () => {
    const settings = encodeFrames({
      kind: 'settings',
      values: [
        { id: 1, value: 4096 },
        { id: 7, value: 100 },
      ],
    });
    expect(frameFields(settings, 0, settings.length).map((f) => `${f.name}: ${f.value}`)).toEqual([
      'Type: SETTINGS',
      'Length: 6',
      'QPACK_MAX_TABLE_CAPACITY: 4,096',
      'QPACK_BLOCKED_STREAMS: 100',
    ]);
    const section = encodeSection(new QpackEncoder().section(0, list(':method: GET | :path: /a')).section);
    const headers = encodeFrames({ kind: 'headers', section });
    expect(frameFields(headers, 0, headers.length).map((f) => f.name)).toEqual([
      'Type',
      'Length',
      'Section prefix',
      ':method',
      ':path',
    ]);
  });
});
