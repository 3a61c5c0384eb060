import { u16, u32, u8 } from '../bytes.ts';
import { FieldWriter, grouped, hex, hexBytes } from '../field.ts';
import type { Field } from '../field.ts';
import { hpackFields } from '../hpack/fields.ts';
import type { TableState } from '../hpack/fields.ts';
import { textOf } from '../hpack/huffman.ts';
import { errorName, Flag, FrameType, frameTypeName, Setting, settingName } from './codes.ts';
import { readFrameHeader } from './decode.ts';
import { FRAME_HEADER_SIZE } from './frame.ts';
import { parsePriority } from './priority.ts';

/** Where each frame's rule stands. */
const sections: Readonly<Record<number, string>> = {
  [FrameType.Data]: 'RFC 9113 §6.1',
  [FrameType.Headers]: 'RFC 9113 §6.2',
  [FrameType.Priority]: 'RFC 9113 §6.3',
  [FrameType.RstStream]: 'RFC 9113 §6.4',
  [FrameType.Settings]: 'RFC 9113 §6.5',
  [FrameType.PushPromise]: 'RFC 9113 §6.6',
  [FrameType.Ping]: 'RFC 9113 §6.7',
  [FrameType.GoAway]: 'RFC 9113 §6.8',
  [FrameType.WindowUpdate]: 'RFC 9113 §6.9',
  [FrameType.Continuation]: 'RFC 9113 §6.10',
  [FrameType.AltSvc]: 'RFC 7838 §4',
  [FrameType.Origin]: 'RFC 8336 §2.1',
  [FrameType.PriorityUpdate]: 'RFC 9218 §7.1',
};

/** Flags of a type: bit, name, what it says. */
const flagsOf = (type: number): readonly (readonly [number, string, string])[] => {
  const end = [Flag.EndStream, 'END_STREAM', 'the sender’s last frame of this stream'] as const;
  const headers = [Flag.EndHeaders, 'END_HEADERS', 'the header block ends here'] as const;
  const padded = [Flag.Padded, 'PADDED', 'zeros at the end hide the size'] as const;
  switch (type) {
    case FrameType.Data:
      return [end, padded];
    case FrameType.Headers:
      return [end, headers, padded, [Flag.Priority, 'PRIORITY', 'an old priority signal is there']];
    case FrameType.PushPromise:
      return [headers, padded];
    case FrameType.Continuation:
      return [headers];
    case FrameType.Settings:
    case FrameType.Ping:
      return [[Flag.Ack, 'ACK', 'answers one that came']];
    default:
      return [];
  }
};

const streamText = (id: number): string =>
  id === 0 ? 'the connection' : id % 2 === 1 ? 'opened by the client' : 'pushed by the server';

const settingMeaning = (id: number, value: number): string => {
  switch (id) {
    case Setting.HeaderTableSize:
      return 'bytes of HPACK’s dynamic table';
    case Setting.EnablePush:
      return value === 0 ? 'no pushes, please' : 'pushes are welcome';
    case Setting.MaxConcurrentStreams:
      return 'streams open at once';
    case Setting.InitialWindowSize:
      return 'bytes that each stream may send before more is granted';
    case Setting.MaxFrameSize:
      return 'bytes of payload';
    case Setting.MaxHeaderListSize:
      return 'bytes of header text, unpacked';
    default:
      return '';
  }
};

/** Writes the fields of a payload; positions are bytes from the frame's first. */
class Payload {
  constructor(
    readonly w: FieldWriter,
    readonly bytes: Uint8Array,
    readonly at: number,
    /** From the frame's first byte: where the next field starts, and where the payload ends. */
    public from: number,
    public end: number,
  ) {}

  number(width: 1 | 2 | 4, id: string, name: string, say: (value: number) => readonly [string, string]): void {
    if (this.from + width > this.end) return;
    const place = this.at + this.from;
    const value = width === 1 ? u8(this.bytes, place) : width === 2 ? u16(this.bytes, place) : u32(this.bytes, place);
    this.w.add(id, name, this.from * 8, width * 8, ...say(value));
    this.from += width;
  }
  /** A stream's number behind its reserved bit. */
  stream(id: string, name: string): void {
    this.number(4, id, name, (value) => [String(value & 0x7fff_ffff), streamText(value & 0x7fff_ffff)]);
  }
  rest(id: string, name: string, meaning = ''): void {
    const { from, end, at } = this;
    if (end > from)
      this.w.add(id, name, from * 8, (end - from) * 8, hexBytes(this.bytes.subarray(at + from, at + end)), meaning);
    this.from = end;
  }
  text(id: string, name: string, to: number, say: (text: string) => string = () => ''): void {
    const { from, at } = this;
    if (to > this.end) return;
    const value = textOf(this.bytes, at + from, at + to);
    this.w.add(id, name, from * 8, (to - from) * 8, value, say(value));
    this.from = to;
  }
  priority(): void {
    if (this.from + 5 > this.end) return;
    const dependency = u32(this.bytes, this.at + this.from);
    const meaning = dependency >>> 31 === 1 ? 'alone on it; no one goes by it any more' : 'no one goes by it any more';
    this.w.add(
      'dependency',
      'Depends on',
      this.from * 8,
      32,
      `stream ${String(dependency & 0x7fff_ffff)}`,
      meaning,
      'RFC 9113 §5.3.2',
    );
    this.from += 4;
    this.number(1, 'weight', 'Weight', (value) => [String(value + 1), 'no one goes by it any more']);
  }
}

const payloadFields = (p: Payload, type: number, isPadded: boolean, state: TableState | null): void => {
  const wholeEnd = p.end;
  if (isPadded && p.end > p.from) {
    const length = u8(p.bytes, p.at + p.from);
    p.number(1, 'padLength', 'Pad length', (value) => [String(value), 'bytes at the end']);
    p.end = Math.max(p.from, p.end - length);
  }
  const block = (): void => {
    const { at, from, end } = p;
    if (state) {
      p.w.fields.push(...hpackFields(p.bytes, at + from, at + end, state));
      p.from = end;
    } else p.rest('block', 'Header block', 'HPACK');
  };
  switch (type) {
    case FrameType.Data:
      p.rest('data', 'Data', `${grouped(p.end - p.from)} bytes of the message’s content`);
      break;
    case FrameType.Headers:
      if ((u8(p.bytes, p.at + 4) & Flag.Priority) !== 0) p.priority();
      block();
      break;
    case FrameType.Continuation:
      block();
      break;
    case FrameType.PushPromise:
      p.stream('promised', 'Promised stream');
      block();
      break;
    case FrameType.Priority:
      p.priority();
      break;
    case FrameType.RstStream:
      p.number(4, 'error', 'Error code', (value) => [errorName(value), hex(value, 2)]);
      break;
    case FrameType.Settings:
      while (p.end - p.from >= 6) {
        const id = u16(p.bytes, p.at + p.from);
        const value = u32(p.bytes, p.at + p.from + 2);
        p.w.add(
          'setting',
          settingName(id),
          p.from * 8,
          48,
          grouped(value),
          settingMeaning(id, value),
          'RFC 9113 §6.5.2',
          [
            p.w.make('setting.id', 'Identifier', p.from * 8, 16, settingName(id), hex(id, 4)),
            p.w.make('setting.value', 'Value', p.from * 8 + 16, 32, grouped(value), settingMeaning(id, value)),
          ],
        );
        p.from += 6;
      }
      break;
    case FrameType.Ping:
      p.rest('ping', 'Opaque data', 'comes back as it went');
      break;
    case FrameType.GoAway:
      p.stream('lastStream', 'Last stream');
      p.number(4, 'error', 'Error code', (value) => [errorName(value), hex(value, 2)]);
      p.rest('debug', 'Debug data', 'for people');
      break;
    case FrameType.WindowUpdate:
      p.number(4, 'increment', 'Window increment', (value) => [grouped(value & 0x7fff_ffff), 'bytes more may be sent']);
      break;
    case FrameType.PriorityUpdate:
      p.stream('prioritized', 'Prioritized stream');
      p.text('priority', 'Priority', p.end, (text) => {
        const { urgency, incremental } = parsePriority(text);
        return `urgency ${String(urgency)} of 0 (first) to 7${incremental ? ', in turns with others' : ', in one piece'}`;
      });
      break;
    case FrameType.AltSvc: {
      const length = u16(p.bytes, p.at + p.from);
      p.number(2, 'originLength', 'Origin length', (value) => [String(value), 'bytes']);
      p.text('origin', 'Origin', p.from + length);
      p.text('value', 'Alternatives', p.end, () => 'where else this origin is served');
      break;
    }
    default:
      p.rest('payload', 'Payload', 'to be passed over');
  }
  // What a wrong length left, and behind it the padding.
  p.rest('rest', 'Rest');
  p.end = wholeEnd;
  if (isPadded) p.rest('padding', 'Padding', 'zeros, passed over');
};

/**
 * The fields of the frame at `at`, as far as `end`; a frame that is cut shows what is there. With `state`, HPACK's table
 * before this block, a header block that is whole is shown line by line.
 */
export const frameFields = (bytes: Uint8Array, at: number, end: number, state: TableState | null = null): Field[] => {
  const stop = Math.min(end, bytes.length);
  const w = new FieldWriter('http2', at, 'RFC 9113 §4.1');
  if (stop - at < FRAME_HEADER_SIZE) return w.fields;
  const { length, type, flags, stream } = readFrameHeader(bytes, at);
  const rfc = sections[type] ?? 'RFC 9113 §5.5';
  w.add('length', 'Length', 0, 24, grouped(length), 'bytes behind this header');
  w.add('type', 'Type', 24, 8, frameTypeName(type), hex(type, 2), rfc);
  const names = flagsOf(type).filter(([bit]) => (flags & bit) !== 0);
  w.add(
    'flags',
    'Flags',
    32,
    8,
    names.map(([, name]) => name).join(', ') || 'none',
    hex(flags, 2),
    rfc,
    flagsOf(type).map(([bit, name, meaning]) =>
      w.make(
        `flags.${name.toLowerCase()}`,
        name,
        32 + Math.clz32(bit) - 24,
        1,
        (flags & bit) !== 0 ? 'set' : 'not set',
        meaning,
        rfc,
      ),
    ),
  );
  w.add('reserved', 'Reserved', 40, 1, String(u8(bytes, at + 5) >>> 7), 'passed over');
  w.add('stream', 'Stream', 41, 31, String(stream), streamText(stream), 'RFC 9113 §5.1.1');
  const inside = new FieldWriter('http2', at, rfc);
  const payload = new Payload(inside, bytes, at, FRAME_HEADER_SIZE, Math.min(FRAME_HEADER_SIZE + length, stop - at));
  const canPad = type === FrameType.Data || type === FrameType.Headers || type === FrameType.PushPromise;
  const isWhole = (flags & Flag.EndHeaders) !== 0 && type !== FrameType.Continuation;
  payloadFields(payload, type, canPad && (flags & Flag.Padded) !== 0, isWhole ? state : null);
  return [...w.fields, ...inside.fields];
};
