import { priorityText } from '../../../wire/http2/priority.ts';
import type { HeaderField } from '../../../wire/hpack/table.ts';
import { requestFields, responseFields } from '../../protocol/http/fields.ts';
import type { HttpRequest } from '../../protocol/http/fields.ts';
import type { Http3ClientName, Http3ServerName } from './settings.ts';

const field = (name: string, value: string): HeaderField => ({ name, value });

/** All fields of a request (RFC 9114 §4.3.1), by the client that sends it. */
export const requestMessage = (client: Http3ClientName, request: HttpRequest): HeaderField[] => {
  const method = field(':method', request.requestBytes > 0 ? 'POST' : 'GET');
  const scheme = field(':scheme', 'https'); // QUIC is never in the clear
  const authority = field(':authority', request.authority);
  const path = field(':path', request.path);
  switch (client) {
    case 'browser': // Chrome's order of its own
      return [method, authority, scheme, path, ...requestFields('browser', request, 'https', priorityText(request))];
    case 'curl':
      return [method, scheme, authority, path, ...requestFields('curl', request, 'https', '')];
    case 'nghttp':
    case 'ngtcp2': // fixtures/quic
      return [
        method,
        scheme,
        authority,
        path,
        field('user-agent', 'nghttp3/ngtcp2 client'),
        ...(request.requestBytes > 0 ? [field('content-length', String(request.requestBytes))] : []),
      ];
    case 'picoquic': // fixtures/quic
      return [method, scheme, path, authority, field('user-agent', 'H3Zero/1.0')];
  }
};

/** All fields of an answer (RFC 9114 §4.3.2). */
export const responseMessage = (server: Http3ServerName, bytes: number): HeaderField[] => {
  const status = field(':status', '200');
  switch (server) {
    case 'ngtcp2': // fixtures/quic
      return [
        status,
        field('server', 'nghttp3/ngtcp2 server'),
        field('content-type', 'application/octet-stream'),
        field('content-length', String(bytes)),
      ];
    case 'picoquic': // fixtures/quic
      return [status, field('server', 'H3Zero/1.0'), field('content-type', 'text/plain')];
    default:
      return [status, ...responseFields(bytes)];
  }
};
