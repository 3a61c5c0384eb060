import type { HeaderField } from '../../../wire/hpack/table.ts';

/** One request as an endpoint sees it. */
export interface HttpRequest {
  readonly id: string;
  readonly path: string;
  /** What stands in Host or :authority. */
  readonly authority: string;
  /** Body bytes of the request; 0: GET. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly urgency: number;
  readonly incremental: boolean;
}

export type ClientName = 'browser' | 'curl' | 'nghttp';
export type ServerName = 'rfc' | 'nginx';
export type Scheme = 'http' | 'https';

const field = (name: string, value: string): HeaderField => ({ name, value });

/** What Chrome 131 on Linux sends with a subresource; their sizes are what counts. */
const browserFields = (scheme: Scheme, authority: string): HeaderField[] => [
  ...(scheme === 'https'
    ? [
        field('sec-ch-ua-platform', '"Linux"'),
        field('sec-ch-ua', '"Chromium";v="131", "Not_A Brand";v="24"'),
        field('sec-ch-ua-mobile', '?0'),
      ]
    : []),
  field(
    'user-agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  ),
  field('accept', '*/*'),
  ...(scheme === 'https'
    ? [field('sec-fetch-site', 'same-origin'), field('sec-fetch-mode', 'no-cors'), field('sec-fetch-dest', 'empty')]
    : []),
  field('referer', `${scheme}://${authority}/`),
  field('accept-encoding', 'gzip, deflate, br, zstd'),
  field('accept-language', 'en-US,en;q=0.9'),
];

/** Header lines of a request besides its first line, by the client that sends it (fixtures: `H-*`, as tshark decrypts them). */
export const requestFields = (
  client: ClientName,
  request: HttpRequest,
  scheme: Scheme,
  priority: string,
): HeaderField[] => {
  const body = request.requestBytes > 0 ? [field('content-length', String(request.requestBytes))] : [];
  switch (client) {
    case 'curl': // 7.88.1
      return [field('user-agent', 'curl/7.88.1'), field('accept', '*/*'), ...body];
    case 'nghttp': // 1.52.0
      return [
        field('accept', '*/*'),
        field('accept-encoding', 'gzip, deflate'),
        field('user-agent', 'nghttp2/1.52.0'),
        ...body,
      ];
    case 'browser':
      return [
        ...browserFields(scheme, request.authority),
        ...body,
        ...(priority === '' ? [] : [field('priority', priority)]), // RFC 9218 §5
      ];
  }
};

/** The calendar of the house's server: nothing here has a clock. */
const DATE = 'Sat, 21 Nov 2026 07:53:40 GMT';
const MODIFIED = 'Sat, 21 Nov 2026 07:29:38 GMT';
const MODIFIED_HEX = '6b014862';

/** Header lines of an answer besides its status, in nginx's order (fixtures: `H-*`). */
export const responseFields = (responseBytes: number): HeaderField[] => [
  field('server', 'nginx/1.22.1'),
  field('date', DATE),
  field('content-type', 'application/octet-stream'),
  field('content-length', String(responseBytes)),
  field('last-modified', MODIFIED),
  field('etag', `"${MODIFIED_HEX}-${responseBytes.toString(16)}"`),
  field('accept-ranges', 'bytes'),
];
