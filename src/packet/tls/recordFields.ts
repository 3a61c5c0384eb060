import type { TraceTls } from '../../trace/tls.ts';
import { u8 } from '../../wire/bytes.ts';
import { grouped, hex, hexBytes } from '../../wire/field.ts';
import type { Field, FieldWriter } from '../../wire/field.ts';
import { ContentType } from '../../wire/tls/codes.ts';
import { Epoch, epochName } from '../../wire/tls/epoch.ts';
import { handshakeSection, messageFields } from '../../wire/tls/fields/message.ts';
import { contentTypeName, versionName } from '../../wire/tls/names.ts';
import { RECORD_HEADER_SIZE } from '../../wire/tls/record.ts';
import type { TlsContents } from './contents.ts';
import { alertLabel, messageLabel } from './label.ts';

/** The bytes of a record that lie in one packet: [from, from + length) of its bytes. */
export interface RecordPart {
  readonly record: number;
  /** Number among the packet's records, from 0. */
  readonly nth: number;
  readonly from: number;
  readonly length: number;
  readonly isStart: boolean;
  readonly isEnd: boolean;
  /** Messages that end in the record: first row, and row behind the last. */
  readonly messages: readonly [number, number];
  /** The packet's bytes. */
  readonly bytes: Uint8Array;
}

type Place = readonly [from: number, length: number];

const printable = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 200), (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '·')).join('');

/** Text where most of it is, else hexadecimal. */
export const contentText = (bytes: Uint8Array): string => {
  const head = bytes.subarray(0, 200);
  const readable = head.filter((b) => (b >= 32 && b < 127) || b === 9 || b === 10 || b === 13).length;
  return readable >= 0.85 * head.length ? printable(bytes) : hexBytes(bytes, 64);
};

/** Where a message stands in the packet: in the clear and whole, byte for byte; else all of the record's part. */
const messagePlace = (part: RecordPart, message: Uint8Array, behind: number): Place | null => {
  const end = part.from + part.length;
  const from = part.from + RECORD_HEADER_SIZE + behind;
  if (!part.isStart || from + message.length > end) return null;
  for (let i = 0; i < message.length; i++) if (part.bytes[from + i] !== message[i]) return null;
  return [from, message.length];
};

/** A field of a message's own bytes, put where the message stands in the packet; on all of it where that is not known. */
const placed = (field: Field, prefix: string, place: Place, isExact: boolean): Field => ({
  ...field,
  id: `tls.${prefix}.${field.id.replace(/^tls\./, '')}`,
  bit: isExact ? place[0] * 8 + field.bit : place[0] * 8,
  bits: isExact ? field.bits : place[1] * 8,
  parts: field.parts.map((part) => placed(part, prefix, place, isExact)),
});

/** What people look for inside a list stands beside it: extensions, and what a certificate says. */
const unfolded = (field: Field): Field[] => {
  if (/\.extensions$/.test(field.id)) return [field, ...field.parts.filter((part) => part.parts.length > 0)];
  if (/\.certificates$/.test(field.id)) return [field, ...field.parts.flatMap(certificateParts)];
  return [field];
};

const telling = /\.x509\.(issuer|subject|validity|publicKey|extensions?)$/;

const certificateParts = (field: Field): Field[] => [
  ...(field.parts.length > 0 ? [field] : []),
  ...field.parts.filter((part) => telling.test(part.id)),
  ...field.parts.flatMap((part) => part.parts.filter((inner) => telling.test(inner.id))),
];

/** Lines of one packet are told apart by name and place: the second of both gets a number behind its name. */
const distinct = (fields: readonly Field[]): Field[] => {
  const seen = new Map<string, number>();
  return fields.map((field) => {
    const n = seen.get(field.id) ?? 0;
    seen.set(field.id, n + 1);
    return n === 0 ? field : { ...field, id: `${field.id}.${String(n + 1)}` };
  });
};

const bytesText = (n: number): string => `${grouped(n)} byte${n === 1 ? '' : 's'}`;

const addMessages = (w: FieldWriter, contents: TlsContents, part: RecordPart, is13: boolean): void => {
  let behind = 0;
  const whole: Place = [part.from, part.length];
  for (let m = part.messages[0]; m < part.messages[1]; m++) {
    const bytes = contents.message(m);
    const exact = messagePlace(part, bytes, behind);
    const place = exact ?? whole;
    behind += bytes.length;
    const prefix = `${String(part.nth)}.message.${String(m - part.messages[0])}`;
    const rfc = handshakeSection(u8(bytes, 0), is13);
    const fields = messageFields(bytes, 0, bytes.length, is13).map((f) => placed(f, prefix, place, exact !== null));
    const size = bytesText(bytes.length);
    // The whole tree hangs below the message; what a flat list shows of it follows.
    w.add(prefix, 'Message', place[0] * 8, place[1] * 8, messageLabel(bytes), size, rfc, fields);
    w.fields.push(...distinct(fields.flatMap(unfolded)));
  }
};

/** Why a record stays closed; null where it is open. */
const closedBecause = (tls: TraceTls, contents: TlsContents, record: number): string | null => {
  const { flow, epoch, inner, problem } = tls.records;
  if ((problem[record] as number) === 0 && contents.record(record) !== null) return null;
  if (epoch[record] === Epoch.Plain && inner[record] !== ContentType.ApplicationData) return null;
  const said = tls.flows.find((t) => t.flow === flow[record])?.refusal ?? null;
  return said ?? tls.sentences[problem[record] as number] ?? '';
};

/** The fields of a record: header, key, messages or content. A part that is not its end has the header and a sentence. */
export const recordFields = (
  w: FieldWriter,
  tls: TraceTls,
  contents: TlsContents,
  part: RecordPart,
  is13: boolean,
): void => {
  const { record, nth } = part;
  const c = tls.records;
  const type = c.type[record] as number;
  const length = c.length[record] as number;
  const segments = c.segments[record] as number;
  const [from, bits] = [part.from * 8, part.length * 8];
  const add = (id: string, name: string, value: string, meaning: string, rfc?: string, at = from, size = bits): void =>
    w.add(`${String(nth)}.${id}`, name, at, size, value, meaning, rfc);
  const hasHeader = part.isStart && part.length >= RECORD_HEADER_SIZE;
  const header = (id: string, name: string, value: string, meaning: string, at: number, size: number): void => {
    if (hasHeader) add(id, name, value, meaning, undefined, from + at, size);
    else add(id, name, value, meaning);
  };
  header('type', 'Content type', contentTypeName(type), String(type), 0, 8);
  header('version', 'Version', versionName(c.version[record] as number), hex(c.version[record] as number, 4), 8, 16);
  header('length', 'Length', grouped(length), 'bytes behind these five', 24, 16);
  if (segments > 1) {
    const pieces = `spans ${String(segments)} segments`;
    add('segments', 'Segments', pieces, part.isEnd ? 'its last bytes are in this one' : 'it ends in a later one');
  }
  if (!part.isEnd) return;
  const epoch = c.epoch[record] as number;
  const why = closedBecause(tls, contents, record);
  if (epoch !== Epoch.Plain) add('key', 'Key', epochName(epoch), why === null ? 'decrypted' : 'not decrypted');
  if (why !== null) add('closed', 'Not decrypted', `${grouped(length)} bytes`, why);
  const inner = c.inner[record] as number;
  if (inner !== type) add('inner', 'Type inside', contentTypeName(inner), String(inner), 'RFC 8446 §5.2');
  const padding = c.padding[record] as number;
  if (padding > 0) add('padding', 'Padding', grouped(padding), 'zeros behind the content', 'RFC 8446 §5.4');
  // What stands in clear, and whole, in this packet, is read there and lies on its own bits.
  const isHere = epoch === Epoch.Plain && hasHeader;
  const content = isHere
    ? part.bytes.subarray(part.from + RECORD_HEADER_SIZE, part.from + part.length)
    : contents.record(record);
  const [at, size] = isHere ? [from + 8 * RECORD_HEADER_SIZE, bits - 8 * RECORD_HEADER_SIZE] : [from, bits];
  if (content && inner === ContentType.Alert) {
    const rfc = is13 ? 'RFC 8446 §6' : 'RFC 5246 §7.2';
    add('alert', 'Alert', alertLabel(content), hexBytes(content), rfc, at, size);
  } else if (content && inner !== ContentType.Handshake)
    add('content', 'Content', contentText(content), bytesText(content.length), undefined, at, size);
  addMessages(w, contents, part, is13);
};
