import type { Nanos } from '../../../base/time.ts';
import type { SessionLog, TlsSession } from '../../../wire/tls/make/session.ts';
import type { TcpConnection } from '../../protocol/tcp/connection.ts';
import { TlsConnection } from '../../protocol/tls/connection.ts';
import { configsOf } from './settings.ts';
import type { SecureSettings } from './settings.ts';
import { ReplayTransport } from './replay.ts';
import { TlsTransport } from './transport.ts';
import type { Layered } from '../transport.ts';
import type { SecureProbe } from './transport.ts';

/** What an end of a flow gives to TLS. */
export interface SecureEnd {
  readonly tcp: TcpConnection;
  readonly probe: SecureProbe;
  /** Told of each state of the handshake's machine. */
  readonly state: (now: Nanos, name: string) => void;
}

/** Both ends of one TLS connection, and the session that they write together. */
export interface SecureFlow {
  readonly client: Layered;
  readonly server: Layered;
  readonly session: SessionLog;
}

/**
 * Puts TLS upon the two ends of a TCP connection. `id` names the connection in its scenario: its secrets derive from it and the
 * seed. `recorded`: the client is somebody who sends that connection's first flight once more.
 */
export const secureFlow = (
  settings: SecureSettings,
  seed: number,
  id: string,
  ends: { readonly client: SecureEnd; readonly server: SecureEnd },
  recorded: TlsSession | null = null,
): SecureFlow => {
  const configs = configsOf(settings);
  const { stored } = configs.client;
  const session: SessionLog = {
    seed,
    id,
    ...(recorded ? { copies: recorded.id } : {}),
    serverChain: configs.server.chain,
    clientChain: configs.client.chain,
    resumed: stored && { id: stored.id, suite: stored.suite },
    messages: [],
    records: { client: [], server: [] },
  };
  const end = (side: 'client' | 'server'): TlsTransport => {
    const isClient = side === 'client';
    const { tcp, probe, state } = ends[side];
    const tls = new TlsConnection({
      side,
      client: isClient ? configs.client : null,
      server: isClient ? null : configs.server,
      log: session,
      onState: state,
      // The first record of the server that is protected: the client finds its tag wrong.
      damage: settings.fault === 'badMac' && !isClient ? 1 : 0,
    });
    return new TlsTransport({
      tcp,
      tls,
      isClient,
      early: isClient && settings.resume === '0rtt',
      probe,
      keyUpdateAfter: isClient ? 0 : settings.keyUpdateAfter,
    });
  };
  const client = recorded ? new ReplayTransport(ends.client.tcp, recorded, session) : end('client');
  return { client, server: end('server'), session };
};

export type SecureLayer = typeof secureFlow;
