import { u8 } from '../bytes.ts';
import { ContentType, HandshakeType, Version } from './codes.ts';
import { RecordProtector } from './crypto/protection.ts';
import { keyBlock } from './crypto/schedule12.ts';
import { trafficKeys, updatedSecret } from './crypto/schedule13.ts';
import { suiteOf } from './crypto/suites.ts';
import type { Suite } from './crypto/suites.ts';
import type { Crypto } from './crypto/types.ts';
import { DirectionReader, openNow } from './direction.ts';
import type { KeysFor, OpenDirection, Opening } from './direction.ts';
import { isRetry } from './handshake/decodeMessage.ts';
import type { ClientHello, HandshakeMessage, ServerHello } from './handshake/message.ts';
import { KeyLabel } from './keylog.ts';
import type { KeyLog } from './keylog.ts';
import { suiteName } from './names.ts';
import { recordsOf } from './record.ts';
import type { Gap, RecordPlace } from './record.ts';
import { Epoch } from './epoch.ts';

export interface OpenSession {
  readonly is13: boolean;
  readonly suite: number;
  readonly client: OpenDirection;
  readonly server: OpenDirection;
}

interface Hellos {
  readonly client: ClientHello;
  readonly server: ServerHello;
}

/** Messages in the plain records at a stream's start. */
const plainMessages = (bytes: Uint8Array, places: readonly RecordPlace[]): HandshakeMessage[] => {
  const end = places.findIndex(
    ({ type, from, lost }) =>
      lost !== undefined ||
      type === ContentType.ApplicationData ||
      (type === ContentType.Handshake && u8(bytes, from) > HandshakeType.ServerHello),
  );
  const reader = new DirectionReader({ is13: true, keys: () => null });
  openNow(reader.read(bytes, end < 0 ? places : places.slice(0, end)));
  return reader.messages.flatMap(({ message }) => (message ? [message] : []));
};

const secretsOf = (log: KeyLog, crypto: Crypto, suite: Suite, hellos: Hellos, from: 'client' | 'server'): KeysFor => {
  const { random } = hellos.client;
  const hash = crypto.hash(suite.hash);
  if (!suite.is13) {
    const master = log.secret(KeyLabel.Master, random);
    const block = master && keyBlock(hash, suite, master, random, hellos.server.random);
    return () => block && new RecordProtector(crypto, suite, block[from]);
  }
  const of = (secret: Uint8Array | null): RecordProtector | null =>
    secret && new RecordProtector(crypto, suite, trafficKeys(hash, secret, suite.keySize));
  return (epoch) => {
    if (epoch === Epoch.Early) return of(log.secret(KeyLabel.Early, random));
    const isClient = from === 'client';
    if (epoch === Epoch.Handshake) {
      return of(log.secret(isClient ? KeyLabel.ClientHandshake : KeyLabel.ServerHandshake, random));
    }
    let secret = log.secret(isClient ? KeyLabel.ClientTraffic : KeyLabel.ServerTraffic, random);
    for (let i = Epoch.Application; secret && i < epoch; i++) secret = updatedSecret(hash, secret);
    return of(secret);
  };
};

/** Why records of a suite stay closed; null where they can be opened. */
export const notOpened = (suite: number): string | null =>
  suiteOf(suite) ? null : `${suiteName(suite)} is not decrypted here: only AES-GCM and ChaCha20-Poly1305 are.`;

const NO_SUITE: KeysFor = () => null;

/** One end's bytes in order, and where some are missing. */
export interface StreamBytes {
  readonly bytes: Uint8Array;
  readonly gaps: readonly Gap[];
}

/**
 * Opens what both ends of a connection sent, as far as the key log goes. Reads any bytes: where they are no TLS the
 * lists are short. `crypto` may be null where the log is empty. Null: there is no ClientHello.
 */
export function* readingSession(
  client: StreamBytes,
  server: StreamBytes,
  log: KeyLog,
  crypto: Crypto | null,
): Opening<OpenSession | null> {
  const places = { client: recordsOf(client.bytes, client.gaps), server: recordsOf(server.bytes, server.gaps) };
  const clientHello = plainMessages(client.bytes, places.client).find(
    (m): m is ClientHello => m.type === 'clientHello',
  );
  if (!clientHello) return null;
  const serverHello = plainMessages(server.bytes, places.server).find(
    (m): m is ServerHello => m.type === 'serverHello' && !isRetry(m.random),
  );
  const is13 =
    serverHello?.extensions?.some((e) => e.kind === 'selectedVersion' && e.version === Version.Tls13) ?? false;
  const suite = serverHello ? suiteOf(serverHello.suite) : null;
  const keys = (from: 'client' | 'server'): KeysFor =>
    suite && serverHello && crypto
      ? secretsOf(log, crypto, suite, { client: clientHello, server: serverHello }, from)
      : NO_SUITE;
  const offersEarly = clientHello.extensions?.some((e) => e.kind === 'earlyData') ?? false;
  const closedWhy = (serverHello && notOpened(serverHello.suite)) ?? undefined;
  const down = new DirectionReader({ is13, keys: keys('server'), closedWhy });
  const up = new DirectionReader({
    is13,
    keys: keys('client'),
    closedWhy,
    // Early data, or the second flight; a second hello offers no early data any more (RFC 8446 §4.1.2).
    first: (messages) => (offersEarly && messages < 2 ? Epoch.Early : Epoch.Handshake),
  });
  yield* down.read(server.bytes, places.server);
  yield* up.read(client.bytes, places.client);
  return { is13, suite: serverHello?.suite ?? 0, client: up, server: down };
}

/** The same at once, of whole streams. */
export const openSession = (client: Uint8Array, server: Uint8Array, log: KeyLog, crypto: Crypto): OpenSession | null =>
  openNow(readingSession({ bytes: client, gaps: [] }, { bytes: server, gaps: [] }, log, crypto));
