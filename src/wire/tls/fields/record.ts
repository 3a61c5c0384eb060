import { u16, u8 } from '../../bytes.ts';
import { FieldWriter, grouped } from '../../field.ts';
import type { Field } from '../../field.ts';
import { ContentType } from '../codes.ts';
import { alertName, contentTypeName, versionName } from '../names.ts';
import { RECORD_HEADER_SIZE } from '../record.ts';

/** The fields of the record header at `at`. `is13`: the connection speaks TLS 1.3, whose records hide their type. */
export const recordFields = (bytes: Uint8Array, at: number, end: number, is13: boolean): Field[] => {
  const w = new FieldWriter('tls.record', at, is13 ? 'RFC 8446 §5.1' : 'RFC 5246 §6.2.1');
  if (end - at < RECORD_HEADER_SIZE) return w.fields;
  const type = u8(bytes, at);
  const hides = is13 && type === ContentType.ApplicationData;
  w.add(
    'type',
    hides ? 'Opaque type' : 'Content type',
    0,
    8,
    contentTypeName(type),
    hides ? 'always so: the true type is encrypted' : String(type),
    hides ? 'RFC 8446 §5.2' : undefined,
  );
  w.add('version', 'Legacy version', 8, 16, versionName(u16(bytes, at + 1)), is13 ? 'says nothing any more' : '');
  w.add('length', 'Length', 24, 16, grouped(u16(bytes, at + 3)), 'bytes behind this header');
  return w.fields;
};

/** The two bytes of an alert. */
export const alertFields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const w = new FieldWriter('tls.alert', at, 'RFC 8446 §6');
  if (end - at < 2) return w.fields;
  const level = u8(bytes, at);
  w.add(
    'level',
    'Level',
    0,
    8,
    level === 1 ? 'warning' : level === 2 ? 'fatal' : String(level),
    'TLS 1.3 goes by the description',
  );
  w.add('description', 'Description', 8, 8, alertName(u8(bytes, at + 1)), String(u8(bytes, at + 1)), 'RFC 8446 §6.2');
  return w.fields;
};
