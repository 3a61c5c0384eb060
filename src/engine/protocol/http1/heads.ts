import type { HeaderField } from '../../../wire/hpack/table.ts';
import { requestFields, responseFields } from '../http/fields.ts';
import type { ClientName, HttpRequest, Scheme } from '../http/fields.ts';

export type Http1Version = '1.0' | '1.1';

const SPECIAL: Readonly<Record<string, string>> = { etag: 'ETag', 'sec-ch-ua': 'sec-ch-ua' };

/** Names as HTTP/1 programs write them. */
const titled = (name: string): string =>
  SPECIAL[name] ??
  (name.startsWith('sec-ch') ? name : name.replace(/(^|-)([a-z])/g, (all: string) => all.toUpperCase()));

const lines = (fields: readonly HeaderField[]): string =>
  fields.map(({ name, value }) => `${titled(name)}: ${value}\r\n`).join('');

/** The head of a request (RFC 9112 §3, §5). `persists`: the connection may be used again (§9.3). */
export const requestHead = (
  version: Http1Version,
  client: ClientName,
  request: HttpRequest,
  scheme: Scheme,
  persists: boolean,
): string => {
  const method = request.requestBytes > 0 ? 'POST' : 'GET';
  const fields = requestFields(client, request, scheme, '');
  // 1.0 closes unless it is asked not to, 1.1 stays open unless it is told (RFC 9112 §9.3, appendix C.2.2).
  const connection =
    version === '1.0'
      ? persists
        ? 'keep-alive'
        : null
      : persists
        ? client === 'browser'
          ? 'keep-alive'
          : null
        : 'close';
  return (
    `${method} ${request.path} HTTP/${version}\r\nHost: ${request.authority}\r\n` +
    (connection === null ? '' : `Connection: ${connection}\r\n`) +
    `${lines(fields)}\r\n`
  );
};

/** The head of an answer (RFC 9112 §4). `chunked`: its length is told chunk by chunk (§7.1). */
export const responseHead = (request: HttpRequest, persists: boolean, chunked: boolean): string => {
  const fields = responseFields(request.responseBytes).flatMap((field) => {
    if (chunked && field.name === 'content-length') return [{ name: 'transfer-encoding', value: 'chunked' }];
    // What is made while it is sent has no tag of its own, and no ranges.
    if (chunked && (field.name === 'etag' || field.name === 'accept-ranges')) return [];
    return field.name === 'last-modified'
      ? [field, { name: 'connection', value: persists ? 'keep-alive' : 'close' }]
      : [field];
  });
  return `HTTP/1.1 200 OK\r\n${lines(fields)}\r\n`;
};
