import { FieldWriter, grouped } from '../field.ts';
import type { Field } from '../field.ts';
import { textOf } from '../hpack/huffman.ts';
import { lineText, parseField, parseStart } from './parse.ts';

const LF = 10;

/** What the fields that rule a connection say. */
const meanings: Readonly<Record<string, readonly [string, string]>> = {
  'content-length': ['bytes of content', 'RFC 9110 §8.6'],
  'transfer-encoding': ['how the content is sent', 'RFC 9112 §6.1'],
  connection: ['whether the connection goes on', 'RFC 9112 §9.1'],
  host: ['whose site is asked for', 'RFC 9110 §7.2'],
  upgrade: ['another protocol is offered', 'RFC 9110 §7.8'],
};

/** Parts of a start line: each word with its place. */
const startField = (w: FieldWriter, bytes: Uint8Array, at: number, end: number): void => {
  const line = lineText(bytes, at, end);
  const isResponse = line.startsWith('HTTP/');
  const start = parseStart(line, isResponse ? 'response' : 'request');
  const names = isResponse ? ['Version', 'Status', 'Reason'] : ['Method', 'Target', 'Version'];
  const rfc = isResponse ? 'RFC 9112 §4' : 'RFC 9112 §3';
  const parts: Field[] = [];
  const words = line.split(' ');
  // The reason may hold spaces itself.
  const texts = isResponse ? [...words.slice(0, 2), words.slice(2).join(' ')] : words;
  let from = at;
  if (typeof start !== 'string')
    for (const [i, text] of texts.entries()) {
      const name = names[i] ?? 'Word';
      parts.push(w.make(`start.${name.toLowerCase()}`, name, from * 8, text.length * 8, text, '', rfc));
      from += text.length + 1;
    }
  const meaning = typeof start === 'string' ? start : '';
  w.add('start', isResponse ? 'Status line' : 'Request line', at * 8, (end - at) * 8, line, meaning, rfc, parts);
};

const headerField = (w: FieldWriter, bytes: Uint8Array, at: number, end: number): void => {
  const line = lineText(bytes, at, end);
  const field = parseField(line);
  if (typeof field === 'string') {
    w.add('field', 'Field', at * 8, (end - at) * 8, line, field, 'RFC 9112 §5');
    return;
  }
  const [meaning, rfc] = meanings[field.name.toLowerCase()] ?? ['', 'RFC 9112 §5'];
  const valueAt = at + Math.max(field.name.length + 1, line.indexOf(field.value, field.name.length + 1));
  w.add('field', field.name, at * 8, (end - at) * 8, field.value, meaning, rfc, [
    w.make('field.name', 'Name', at * 8, field.name.length * 8, field.name, 'in any case', 'RFC 9110 §5.1'),
    w.make('field.value', 'Value', valueAt * 8, field.value.length * 8, field.value, '', 'RFC 9110 §5.5'),
  ]);
};

/** The fields of the message that starts at `at`: its lines up to the empty one, and what stands behind as content. */
export const http1Fields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const stop = Math.min(end, bytes.length);
  const w = new FieldWriter('http1', 0, 'RFC 9112 §2.1');
  for (let from = at; from < stop;) {
    const found = bytes.subarray(from, stop).indexOf(LF);
    const to = found < 0 ? stop : from + found + 1;
    if (found < 0)
      w.add('cut', 'Cut off', from * 8, (to - from) * 8, textOf(bytes, from, to), 'the line goes on later');
    else if (from === at) startField(w, bytes, from, to);
    else if (lineText(bytes, from, to) === '') {
      w.add('blank', 'Empty line', from * 8, (to - from) * 8, '', 'the head ends here');
      if (stop > to)
        w.add('content', 'Content', to * 8, (stop - to) * 8, `${grouped(stop - to)} bytes`, '', 'RFC 9112 §6');
      break;
    } else headerField(w, bytes, from, to);
    from = to;
  }
  return w.fields;
};

/** The line in front of the chunk at `at`. */
export const chunkFields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const w = new FieldWriter('http1', 0, 'RFC 9112 §7.1');
  const size = parseInt(/^[0-9a-fA-F]{1,12}/.exec(lineText(bytes, at, end))?.[0] ?? '', 16);
  const value = Number.isNaN(size) ? 'wrong' : grouped(size);
  w.add('chunk', 'Chunk size', at * 8, (end - at) * 8, value, size === 0 ? 'the last one' : 'bytes follow');
  return w.fields;
};
