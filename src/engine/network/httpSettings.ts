import type { ScenarioFlow, ScenarioRequest } from '../../scenario/schema.ts';
import { pushedIn } from '../../scenario/http.ts';
import type { HttpSettings } from '../host/http/settings.ts';

/** Whom a connection of an origin is made to: the flow's server, or a name beside it; a name with dots stands as it is. */
export const serverNameOf = (flow: ScenarioFlow, origin: string): string => {
  const { serverName } = flow.tls;
  if (origin === '') return serverName;
  if (origin.includes('.')) return origin;
  const dot = serverName.indexOf('.');
  return `${origin}.${dot < 0 ? serverName : serverName.slice(dot + 1)}`;
};

/** HTTP of a flow whose scenario is checked: it speaks some. */
export const httpSettingsOf = (flow: ScenarioFlow): HttpSettings => {
  const { http, close } = flow;
  const { version } = http;
  if (version === 'none') throw new Error('The flow speaks no HTTP.');
  const ids = new Map<string, number>();
  flow.requests.forEach((request, i) => ids.set(idOf(request, i), i));
  const pushed = new Set(pushedIn(flow));
  return {
    version,
    connections: http.connections,
    keepAlive: http.keepAlive ?? version !== '1.0',
    pipelining: http.pipelining,
    chunkBytes: http.chunkBytes,
    client: http.client,
    server: http.server,
    streamWindow: http.streamWindow,
    connectionWindow: http.connectionWindow,
    maxStreams: http.maxStreams,
    close: close === 'client' || close === 'none' || close === 'reset' ? close : 'server',
    isSecure: version === '3' || flow.tls.version !== 'none',
    requests: flow.requests.map((request, i) => ({
      id: idOf(request, i),
      path: request.path ?? (i === 0 ? '/' : `/${encodeURIComponent(idOf(request, i))}`),
      authority:
        request.origin === undefined && http.authority ? http.authority : serverNameOf(flow, request.origin ?? ''),
      origin: request.origin ?? '',
      requestBytes: request.requestBytes,
      responseBytes: request.responseBytes,
      urgency: request.urgency,
      incremental: request.incremental,
      atMs: request.atMs,
      after: (request.after ?? []).map((name) => ids.get(name) ?? 0),
      delayMs: request.delayMs,
      thinkMs: request.thinkMs,
      ...(pushed.has(i) ? { pushedWith: ids.get(request.after?.[0] ?? '') ?? 0 } : {}),
      cancelMs: request.cancelMs ?? null,
      ...(request.reprioritize ? { reprioritize: request.reprioritize } : {}),
    })),
  };
};

const idOf = (request: ScenarioRequest, i: number): string => request.id ?? `request ${String(i + 1)}`;
