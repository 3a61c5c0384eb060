import type { HeaderField } from '../hpack/table.ts';

export type HttpVersion = '1.0' | '1.1';

/** Text everywhere is one character a byte, as on the wire. */
export interface Request {
  readonly kind: 'request';
  readonly method: string;
  /** As it stands in the request line: a path, a whole URL, an authority, `*` (RFC 9112 §3.2). */
  readonly target: string;
  readonly version: HttpVersion;
  readonly fields: readonly HeaderField[];
}

export interface Response {
  readonly kind: 'response';
  readonly version: HttpVersion;
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly HeaderField[];
}

export type Message = Request | Response;
/** What the first line says. */
export type Start = Omit<Request, 'fields'> | Omit<Response, 'fields'>;

/** Line end: two bytes. */
const CRLF = 2;

/** Bytes of field lines (RFC 9112 §5): `name: value`. */
const fieldsSize = (fields: readonly HeaderField[]): number =>
  fields.reduce((sum, { name, value }) => sum + name.length + 2 + value.length + CRLF, 0);

const startLine = (message: Message): string =>
  message.kind === 'request'
    ? `${message.method} ${message.target} HTTP/${message.version}`
    : `HTTP/${message.version} ${String(message.status).padStart(3, '0')} ${message.reason}`;

/** Bytes of the head: start line, fields, empty line (RFC 9112 §2.1). */
export const headSize = (message: Message): number =>
  (message.kind === 'request'
    ? message.method.length + 1 + message.target.length + 1 + 8
    : 8 + 1 + 3 + 1 + message.reason.length) +
  CRLF +
  fieldsSize(message.fields) +
  CRLF;

const fieldLines = (fields: readonly HeaderField[]): string =>
  fields.map(({ name, value }) => `${name}: ${value}\r\n`).join('');

const bytesOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
};

export const encodeHead = (message: Message): Uint8Array =>
  bytesOf(`${startLine(message)}\r\n${fieldLines(message.fields)}\r\n`);

/** Bytes of a chunk with `length` bytes of content; one of 0 would be the last (RFC 9112 §7.1). */
export const chunkSize = (length: number): number => length.toString(16).length + CRLF + length + CRLF;

/** What stands before the content of a chunk; behind it comes a line end. */
export const encodeChunkHead = (length: number): Uint8Array => bytesOf(`${length.toString(16)}\r\n`);

/** Bytes of the last chunk, with the trailer fields behind it (RFC 9112 §7.1.2). */
export const lastChunkSize = (trailers: readonly HeaderField[] = []): number => 1 + CRLF + fieldsSize(trailers) + CRLF;

export const encodeLastChunk = (trailers: readonly HeaderField[] = []): Uint8Array =>
  bytesOf(`0\r\n${fieldLines(trailers)}\r\n`);

/** Content in chunks of at most `most` bytes, the last chunk included. */
export const encodeChunked = (content: Uint8Array, most: number, trailers: readonly HeaderField[] = []): Uint8Array => {
  const bytes = new Uint8Array(chunkedSize(content.length, most, trailers));
  let at = 0;
  const put = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  for (let from = 0; from < content.length; from += most) {
    const part = content.subarray(from, from + most);
    put(encodeChunkHead(part.length));
    put(part);
    put(bytesOf('\r\n'));
  }
  put(encodeLastChunk(trailers));
  return bytes;
};

/** Bytes of content in chunks of at most `most` bytes, the last chunk included. */
export const chunkedSize = (length: number, most: number, trailers: readonly HeaderField[] = []): number => {
  const whole = Math.floor(length / most);
  const rest = length % most;
  return whole * (whole === 0 ? 0 : chunkSize(most)) + (rest === 0 ? 0 : chunkSize(rest)) + lastChunkSize(trailers);
};
