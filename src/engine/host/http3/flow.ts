import { fromMs } from '../../../base/time.ts';
import type { HttpLog } from '../../../wire/http/session.ts';
import { Http3Connection } from '../../protocol/http3/connection.ts';
import type { HttpHooks } from '../../protocol/http/notices.ts';
import { Page } from '../http/page.ts';
import type { PageHooks } from '../http/page.ts';
import { Http3Client } from './client.ts';
import { Http3Server } from './server.ts';
import { http3Client, http3Server } from './settings.ts';
import type { Http3Settings } from './settings.ts';
import type { QuicTransport } from './transport.ts';

/** What one end of a QUIC connection gives to HTTP/3. */
export interface Http3End {
  readonly transport: QuicTransport;
  readonly hooks: HttpHooks;
  /** From a notice to what the application does about it, ns. */
  readonly wakeNs: number;
}

/** Both ends of one connection, and what they write. */
export interface Http3Pair {
  readonly client: Http3Client;
  readonly server: Http3Server;
  readonly log: HttpLog;
  /** The protocol beneath both, for whoever looks at its tables. */
  readonly http: { readonly client: Http3Connection; readonly server: Http3Connection };
}

export interface Http3Flow {
  readonly page: Page;
  /** Puts HTTP/3 upon both ends of one more connection. */
  readonly connect: (origin: string, ends: { readonly client: Http3End; readonly server: Http3End }) => Http3Pair;
}

/**
 * HTTP/3 of a flow: the page that the client wants, and the connections that it makes for it, one an origin. A close of
 * QUIC is not answered (RFC 9000 §10.2), so that of `closing` only the closing side's delay counts.
 */
export const http3Flow = (
  settings: Http3Settings,
  closing: { readonly delayMs: number; readonly answerDelayMs: number },
  hooks: PageHooks,
): Http3Flow => {
  const closeDelayNs = fromMs(closing.delayMs);
  const page = new Page(settings, hooks, closeDelayNs);
  const clientProfile = http3Client(settings);
  const serverProfile = http3Server(settings);
  return {
    page,
    connect: (origin, ends) => {
      const log: HttpLog = { version: '3', client: [], server: [] };
      const http = {
        client: new Http3Connection({
          ...clientProfile,
          side: 'client',
          log,
          remembered: clientProfile.remembers ? serverProfile.settings : null,
          hooks: ends.client.hooks,
        }),
        server: new Http3Connection({
          ...serverProfile,
          side: 'server',
          log,
          remembered: null,
          hooks: ends.server.hooks,
        }),
      };
      const client = new Http3Client(ends.client.transport, ends.client.wakeNs, {
        settings,
        profile: clientProfile,
        maxStreams: serverProfile.maxStreams,
        page,
        origin,
        http: http.client,
      });
      const server = new Http3Server(ends.server.transport, ends.server.wakeNs, {
        settings,
        profile: serverProfile,
        page,
        http: http.server,
        closeDelayNs,
      });
      page.add(client, server);
      return { client, server, log, http };
    },
  };
};

export type Http3Layer = typeof http3Flow;
