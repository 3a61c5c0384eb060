import { grouped } from '../field.ts';
import type { Field } from '../field.ts';
import { parsePriority } from '../http2/priority.ts';
import { sectionFields } from '../qpack/fields.ts';
import type { QpackContext } from '../qpack/fields.ts';
import { groupedVarint, VarintCursor } from '../quic/cursor.ts';
import { asNumber } from '../varint.ts';
import type { Varint } from '../varint.ts';
import { FrameType, frameTypeName, isReserved, Setting, settingName, StreamType, streamTypeName } from './codes.ts';

const sections = new Map<Varint, string>([
  [FrameType.Data, 'RFC 9114 §7.2.1'],
  [FrameType.Headers, 'RFC 9114 §7.2.2'],
  [FrameType.CancelPush, 'RFC 9114 §7.2.3'],
  [FrameType.Settings, 'RFC 9114 §7.2.4'],
  [FrameType.PushPromise, 'RFC 9114 §7.2.5'],
  [FrameType.GoAway, 'RFC 9114 §7.2.6'],
  [FrameType.MaxPushId, 'RFC 9114 §7.2.7'],
  [FrameType.PriorityUpdateRequest, 'RFC 9218 §7.2'],
  [FrameType.PriorityUpdatePush, 'RFC 9218 §7.2'],
]);

const settingMeanings = new Map<Varint, string>([
  [Setting.QpackMaxTableCapacity, 'bytes of QPACK’s dynamic table'],
  [Setting.MaxFieldSectionSize, 'bytes of header text, unpacked'],
  [Setting.QpackBlockedStreams, 'streams that may wait for table entries'],
  [Setting.EnableConnectProtocol, 'extended CONNECT is understood'],
  [Setting.H3Datagram, 'datagrams are understood'],
]);

const hex = (value: Varint): string => `0x${value.toString(16)}`;
const named = { value: frameTypeName, meaning: hex } as const;

const payload = (c: VarintCursor, type: Varint, length: Varint, qpack: QpackContext | null): void => {
  const end = c.at + asNumber(length);
  const section = (): void =>
    c.inside(end - c.at, 'Field section', (bytes, at, stop) => sectionFields(bytes, at, stop, qpack));
  switch (type) {
    case FrameType.Data:
      c.opaque(length, 'data', 'Data', `${groupedVarint(length)} bytes of the message’s content`);
      break;
    case FrameType.Headers:
      section();
      break;
    case FrameType.PushPromise:
      c.varint('push', 'Push id');
      section();
      break;
    case FrameType.CancelPush:
    case FrameType.MaxPushId:
      c.varint('push', 'Push id');
      break;
    case FrameType.GoAway:
      c.varint('id', 'Stream or push id', { meaning: () => 'from here on nothing is answered' });
      break;
    case FrameType.Settings:
      while (c.left > 0 && c.at < end)
        c.group('setting', 'RFC 9114 §7.2.4.1', (inner) => {
          const id = inner.varint('id', 'Identifier', { value: settingName, meaning: hex });
          const value = inner.varint('value', 'Value');
          const meaning = settingMeanings.get(id) ?? (isReserved(id) ? 'means nothing, on purpose' : '');
          return [settingName(id), groupedVarint(value), meaning];
        });
      break;
    case FrameType.PriorityUpdateRequest:
    case FrameType.PriorityUpdatePush:
      c.varint('id', type === FrameType.PriorityUpdateRequest ? 'Stream' : 'Push id');
      c.text(Math.max(0, end - c.at), 'priority', 'Priority', (text) => {
        const { urgency, incremental } = parsePriority(text);
        return `urgency ${String(urgency)} of 0 (first) to 7${incremental ? ', in turns with others' : ', in one piece'}`;
      });
      break;
    default:
      c.opaque(length, 'payload', 'Payload', isReserved(type) ? 'means nothing, on purpose' : 'to be passed over');
  }
};

/** The fields of the frame at `at`, as far as `end`. `qpack` gives names to entries of the dynamic table. */
export const frameFields = (bytes: Uint8Array, at: number, end: number, qpack: QpackContext | null = null): Field[] => {
  const head = new VarintCursor(bytes, at, end, 'http3', 'RFC 9114 §7.1');
  const type = head.varint('type', 'Type', named);
  const length = head.varint('length', 'Length', { meaning: () => 'bytes behind this header' });
  if (head.left === 0 && length !== 0) return head.fields;
  const stop = Math.min(end, bytes.length, head.at + asNumber(length));
  const inside = new VarintCursor(bytes, head.at, stop, 'http3', sections.get(type) ?? 'RFC 9114 §9');
  // A frame that is cut shows what is there of it.
  payload(inside, type, stop - head.at, qpack);
  if (inside.left > 0) inside.opaque(inside.left, 'rest', 'Rest', 'not expected');
  const missing = asNumber(length) - (stop - head.at);
  if (missing > 0) inside.w.add('missing', 'Missing', stop * 8, 0, `${grouped(missing)} bytes`, 'not in these bytes');
  return [...head.fields, ...inside.fields];
};

/** The fields that open a unidirectional stream. */
export const streamTypeFields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const c = new VarintCursor(bytes, at, end, 'http3', 'RFC 9114 §6.2');
  const type = c.varint('streamType', 'Stream type', { value: streamTypeName, meaning: hex });
  if (type === StreamType.Push) c.varint('push', 'Push id', { rfc: 'RFC 9114 §4.6' });
  return c.fields;
};
