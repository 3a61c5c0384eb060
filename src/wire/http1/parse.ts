import { textOf } from '../hpack/huffman.ts';
import type { HeaderField } from '../hpack/table.ts';
import type { HttpVersion, Message, Start } from './message.ts';

/** Characters of a token, which names and methods are (RFC 9110 §5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** A start line, or a sentence on what is wrong with it (RFC 9112 §3, §4). */
export const parseStart = (line: string, kind: Message['kind']): Start | string => {
  const shown = `“${line.slice(0, 40)}”`;
  if (kind === 'request') {
    const [method = '', target = '', protocol = '', ...more] = line.split(' ');
    const version = /^HTTP\/(1\.[01])$/.exec(protocol)?.[1];
    if (more.length > 0 || !TOKEN.test(method) || target === '' || version === undefined)
      return `${shown} is no request line: method, target and HTTP/1.0 or HTTP/1.1 are needed`;
    return { kind, method, target, version: version as HttpVersion };
  }
  const [, version, status, reason] = /^HTTP\/(1\.[01]) (\d{3})(?: (.*))?$/.exec(line) ?? [];
  if (version === undefined || status === undefined)
    return `${shown} is no status line: HTTP/1.0 or HTTP/1.1 and a number of three digits are needed`;
  return { kind, version: version as HttpVersion, status: Number(status), reason: reason ?? '' };
};

const isBlank = (line: string, at: number): boolean => line[at] === ' ' || line[at] === '\t';
/** From `at` on without blanks at either end; by hand, since a pattern for the end would look at each blank anew. */
const trimmed = (line: string, at: number): string => {
  let end = line.length;
  while (at < end && isBlank(line, at)) at++;
  while (end > at && isBlank(line, end - 1)) end--;
  return line.slice(at, end);
};

/** A field line, or a sentence on what is wrong with it (RFC 9112 §5.1). */
export const parseField = (line: string): HeaderField | string => {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  // White space before the colon is how requests are smuggled past others.
  if (!TOKEN.test(name)) return `“${line.slice(0, 40)}” is no field: a name and a colon right behind it are needed`;
  const value = trimmed(line, colon + 1);
  // RFC 9110 §5.5: a carriage return or a zero in a value is a trap for whoever reads on.
  return /[\r\0]/.test(value) ? `the value of ${name} holds a control character` : { name, value };
};

/** The line from `at` up to `end`, without its line end; a bare line feed ends one, too (RFC 9112 §2.2). */
export const lineText = (bytes: Uint8Array, at: number, end: number): string => {
  const text = textOf(bytes, at, end);
  return text.endsWith('\r\n') ? text.slice(0, -2) : text.replace(/\n$/, '');
};
