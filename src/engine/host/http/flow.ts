import { fromMs } from '../../../base/time.ts';
import type { HttpLog } from '../../../wire/http/session.ts';
import type { HttpHooks } from '../../protocol/http/notices.ts';
import type { Transport } from '../transport.ts';
import { HttpClient } from './client.ts';
import { Page } from './page.ts';
import type { PageHooks } from './page.ts';
import { clientSpeaker, serverSpeaker } from './protocols.ts';
import { HttpServer } from './server.ts';
import { clientProfile, serverProfile } from './settings.ts';
import type { HttpSettings } from './settings.ts';

/** What one end of a connection gives to HTTP. */
export interface HttpEnd {
  readonly transport: Transport;
  readonly hooks: HttpHooks;
  /** From a notice to what the application does about it, ns. */
  readonly wakeNs: number;
}

/** Both ends of one connection, and what they write. */
export interface HttpConnection {
  readonly client: HttpClient;
  readonly server: HttpServer;
  readonly log: HttpLog;
}

export interface HttpFlow {
  readonly page: Page;
  /** Puts HTTP upon both ends of one more connection. */
  readonly connect: (origin: string, ends: { readonly client: HttpEnd; readonly server: HttpEnd }) => HttpConnection;
}

/** HTTP of a flow: the page that the client wants, and the connections that it makes for it. */
export const httpFlow = (
  settings: HttpSettings,
  closing: { readonly delayMs: number; readonly answerDelayMs: number },
  hooks: PageHooks,
): HttpFlow => {
  const closeDelayNs = fromMs(closing.delayMs);
  const answerCloseNs = fromMs(closing.answerDelayMs);
  const page = new Page(settings, hooks, closeDelayNs);
  return {
    page,
    connect: (origin, ends) => {
      const log: HttpLog = { version: settings.version, client: [], server: [] };
      const client = new HttpClient(ends.client.transport, ends.client.wakeNs, {
        page,
        origin,
        speaker: clientSpeaker(settings, log, ends.client.hooks, (i) => page.priorityOf(i)),
        profile: clientProfile(settings),
        answerCloseNs: settings.close === 'server' ? answerCloseNs : 0,
      });
      const server = new HttpServer(ends.server.transport, ends.server.wakeNs, {
        settings,
        profile: serverProfile(settings),
        page,
        speaker: serverSpeaker(settings, log, ends.server.hooks, (i) => page.saidOf(i)),
        closeDelayNs,
        answerCloseNs,
      });
      page.add(client, server);
      return { client, server, log };
    },
  };
};

export type HttpLayer = typeof httpFlow;
