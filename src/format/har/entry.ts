import { fieldsOf, listOf, msOf, numberOf, sizeOf, textOf } from './fields.ts';
import type { Fields } from './fields.ts';

export type HttpVersion = '1.0' | '1.1' | '2' | '3';

/** Where the size of an answer's body comes from: bytes on the wire, the same with headers, or what they unpack to. */
export type SizeSource = 'transferred' | 'transferred with headers' | 'unpacked' | 'unknown';

/** One request of a HAR file with its answer. Times in ms; `start` since 1970, NaN where it does not say. */
export interface Entry {
  readonly url: string;
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly start: number;
  readonly blocked: number;
  readonly dns: number;
  /** TLS included, as the format has it; and the handshake of TCP alone, 0 where that cannot be told. */
  readonly connect: number;
  readonly tcp: number;
  readonly ssl: number;
  readonly send: number;
  readonly wait: number;
  readonly receive: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly sizeSource: SizeSource;
  readonly version: HttpVersion | null;
  readonly priority: string;
  /** URL that made the browser ask; '' where the file does not tell. */
  readonly initiator: string;
  readonly redirect: string;
  readonly page: string;
  /** Why it is no request over the network; null: it is one. */
  readonly unfit: string | null;
}

const versions: readonly (readonly [RegExp, HttpVersion])[] = [
  [/^(h3|http\/3|quic)/i, '3'],
  [/^(h2|http\/2|2(\s|\.|$))/i, '2'],
  [/^(http\/)?1\.1/i, '1.1'],
  [/^(http\/)?1\.0/i, '1.0'],
];

/** The version by its name, which every tool writes in its own way; null where it is none. */
export const versionOf = (...names: readonly unknown[]): HttpVersion | null => {
  for (const name of names) {
    const found = versions.find(([form]) => form.test(textOf(name).trim()));
    if (found) return found[1];
  }
  return null;
};

const headerOf = (message: Fields, name: string): string => {
  for (const one of listOf(message['headers'])) {
    const header = fieldsOf(one);
    if (textOf(header['name']).toLowerCase() === name) return textOf(header['value']);
  }
  return '';
};

/** What made the browser ask: Chrome says it with a stack, WebPagetest with a URL, others leave the referrer. */
const initiatorOf = (entry: Fields, request: Fields): string => {
  const told = entry['_initiator'];
  if (typeof told === 'string' && told !== '') return told;
  const initiator = fieldsOf(told);
  const url = textOf(initiator['url']);
  if (url !== '') return url;
  for (const frame of listOf(fieldsOf(initiator['stack'])['callFrames'])) {
    const script = textOf(fieldsOf(frame)['url']);
    if (script !== '') return script;
  }
  return headerOf(request, 'referer');
};

/** Statuses whose answers have no body (RFC 9110 §15.2, §15.3.5, §15.4.5). */
const isBodiless = (status: number): boolean => status === 204 || status === 304 || (status >= 100 && status < 200);

const bodyOf = (entry: Fields, response: Fields, status: number): { bytes: number; source: SizeSource } => {
  if (isBodiless(status)) return { bytes: 0, source: 'transferred' };
  const body = sizeOf(response['bodySize']);
  const content = fieldsOf(response['content']);
  const unpacked = sizeOf(content['size']);
  // Chrome writes 0 or −1 where it does not know, and the truth beside it.
  if (body > 0 || (body === 0 && !(unpacked > 0))) return { bytes: body, source: 'transferred' };
  const object = sizeOf(entry['_objectSize']);
  if (object > 0) return { bytes: object, source: 'transferred' };
  const transfer = sizeOf(response['_transferSize']);
  const headers = sizeOf(response['headersSize']);
  if (transfer > 0)
    return headers > 0
      ? { bytes: Math.max(0, transfer - headers), source: 'transferred' }
      : { bytes: transfer, source: 'transferred with headers' };
  if (!(unpacked >= 0)) return { bytes: 0, source: 'unknown' };
  const saved = numberOf(content['compression']);
  return saved > 0
    ? { bytes: Math.max(0, unpacked - Math.round(saved)), source: 'transferred' }
    : { bytes: unpacked, source: 'unpacked' };
};

const partsOf = (url: string): { scheme: string; host: string; path: string } => {
  const [, scheme = '', host = '', path = ''] = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^#]*)/i.exec(url) ?? [];
  return { scheme: scheme.toLowerCase(), host: host.replace(/^.*@/, '').toLowerCase(), path: path || '/' };
};

const unfitOf = (entry: Fields, response: Fields, scheme: string, status: number, start: number): string | null => {
  if (!Number.isFinite(start)) return 'without a start';
  if (scheme !== 'http' && scheme !== 'https')
    return scheme === 'ws' || scheme === 'wss' ? 'of a WebSocket' : 'not of HTTP';
  if (status === 101 || textOf(entry['_resourceType']) === 'websocket') return 'of a WebSocket';
  const isCached =
    entry['_fromCache'] !== undefined ||
    /^(memory|disk) cache$/i.test(textOf(entry['_fetchType'])) ||
    response['_fromDiskCache'] === true ||
    response['_servedFromCache'] === true;
  if (isCached) return 'from the cache';
  return status <= 0 || Number.isNaN(status) ? 'without an answer' : null;
};

/** Reads an entry. Nothing of it has to be there. */
export const readEntry = (entry: Fields): Entry => {
  const request = fieldsOf(entry['request']);
  const response = fieldsOf(entry['response']);
  const timings = fieldsOf(entry['timings']);
  const url = textOf(request['url']);
  const { scheme, host, path } = partsOf(url);
  const status = numberOf(response['status']);
  const body = bodyOf(entry, response, status);
  const own = sizeOf(request['bodySize']);
  const posted = textOf(fieldsOf(request['postData'])['text']).length;
  const start = Date.parse(textOf(entry['startedDateTime']));
  const ssl = msOf(timings['ssl']);
  const connect = msOf(timings['connect']);
  // mitmproxy counts TLS beside the connection, though the format has it inside.
  const isBeside = ssl > connect;
  return {
    url,
    scheme,
    host,
    path,
    method: textOf(request['method']) || 'GET',
    status: Number.isNaN(status) ? 0 : status,
    start,
    blocked: msOf(timings['blocked']),
    dns: msOf(timings['dns']),
    connect: isBeside ? connect + ssl : connect,
    tcp: isBeside ? connect : connect - ssl,
    ssl,
    send: msOf(timings['send']),
    wait: msOf(timings['wait']),
    receive: msOf(timings['receive']),
    requestBytes: own > 0 ? own : posted,
    responseBytes: body.bytes,
    sizeSource: body.source,
    version: versionOf(response['httpVersion'], request['httpVersion'], entry['_protocol'], entry['_protocol']),
    priority: textOf(
      entry['_initialPriority'] ?? entry['_initial_priority'] ?? entry['_priority'] ?? request['_priority'],
    ),
    initiator: initiatorOf(entry, request),
    redirect: textOf(response['redirectURL']),
    page: textOf(entry['pageref']),
    unfit: unfitOf(entry, response, scheme, status, start),
  };
};

/** When the request went, its first byte came, and its last: ms. */
export const sentAt = ({ start, blocked, dns, connect }: Entry): number => start + blocked + dns + connect;
export const firstByteAt = (entry: Entry): number => sentAt(entry) + entry.send + entry.wait;
export const doneAt = (entry: Entry): number => firstByteAt(entry) + entry.receive;
