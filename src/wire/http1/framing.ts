import type { HeaderField } from '../hpack/table.ts';
import type { HttpVersion, Message } from './message.ts';

/** Values of a field, in order, each split at its commas (RFC 9110 §5.6.1). */
export const valuesOf = (fields: readonly HeaderField[], name: string): string[] =>
  fields
    .filter((field) => field.name.toLowerCase() === name)
    .flatMap(({ value }) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');

/** How a message's content ends: it has none, after so many bytes, with the last chunk, or with the connection. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' }
  /** What follows is no HTTP any more: CONNECT, or 101. */
  | { readonly kind: 'tunnel' };

/**
 * Where a message's content ends (RFC 9112 §6.3), or what is wrong with what it says. `method`: that of the request, for
 * a response the one that it answers.
 */
export const framingOf = (message: Message, method: string): Framing | string => {
  if (message.kind === 'response') {
    const { status } = message;
    if (status === 101 || (method === 'CONNECT' && status >= 200 && status < 300)) return { kind: 'tunnel' };
    if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { kind: 'none' };
  }
  const codings = valuesOf(message.fields, 'transfer-encoding').map((coding) => coding.toLowerCase());
  const lengths = valuesOf(message.fields, 'content-length');
  if (codings.length > 0) {
    if (codings.at(-1) === 'chunked') return { kind: 'chunked' };
    // Only an answer may go on until the connection ends.
    return message.kind === 'response' ? { kind: 'close' } : 'Transfer-Encoding of a request has to end with chunked';
  }
  if (lengths.length > 0) {
    const [first = ''] = lengths;
    if (!/^\d{1,15}$/.test(first) || lengths.some((length) => length !== first))
      return `Content-Length is ${lengths.join(', ').slice(0, 40)}: one whole number is needed`;
    return { kind: 'length', length: Number(first) };
  }
  return message.kind === 'request' ? { kind: 'none' } : { kind: 'close' };
};

/** Whether the connection may carry another message (RFC 9112 §9.3): in 1.1 unless it is told, in 1.0 if it is told. */
export const keepsAlive = (version: HttpVersion, fields: readonly HeaderField[]): boolean => {
  const options = valuesOf(fields, 'connection').map((option) => option.toLowerCase());
  return !options.includes('close') && (version === '1.1' || options.includes('keep-alive'));
};
