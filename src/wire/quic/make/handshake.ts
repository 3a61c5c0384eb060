import { concat } from '../../x509/der.ts';
import { ExtensionType } from '../../tls/codes.ts';
import type { Suite } from '../../tls/crypto/suites.ts';
import { suiteOf } from '../../tls/crypto/suites.ts';
import type { Crypto } from '../../tls/crypto/types.ts';
import type { Extension } from '../../tls/handshake/extension.ts';
import type { HandshakeMessage } from '../../tls/handshake/message.ts';
import { keyLogLine } from '../../tls/keylog.ts';
import { Filler } from '../../tls/make/fill.ts';
import type { Identities } from '../../tls/make/identity.ts';
import type { MadeTicket, NamedSecret } from '../../tls/make/secrets.ts';
import type { Side } from '../../tls/make/session.ts';
import { encodeParameters } from '../transportParameters.ts';
import type { CryptoMessage, QuicSession } from './session.ts';
import { cryptoSpace } from './space.ts';
import type { CryptoSpace } from './space.ts';

/** The simulation leaves the parameters blank, of their true size (RFC 9001 §8.2). */
const withParameters = (e: Extension, parameters: Uint8Array): Extension =>
  e.kind === 'raw' && e.type === ExtensionType.QuicTransportParameters ? { ...e, data: parameters } : e;

const filled = (message: HandshakeMessage, parameters: Uint8Array): HandshakeMessage =>
  message.type === 'clientHello'
    ? { ...message, extensions: message.extensions?.map((e) => withParameters(e, parameters)) ?? null }
    : message.type === 'encryptedExtensions'
      ? { ...message, extensions: message.extensions.map((e) => withParameters(e, parameters)) }
      : message;

/** The TLS handshake of a simulated connection (RFC 9001 §4): its messages' bytes, and every secret that follows. */
export class MadeHandshake {
  /** Suite of the connection; null where no server chose one. */
  readonly suite: Suite | null;
  /** Suite of the session that is resumed: early data goes under it (RFC 8446 §4.2.10). */
  readonly earlySuite: Suite | null;
  readonly keyLog: readonly string[];
  readonly secrets: readonly NamedSecret[];
  readonly tickets: readonly MadeTicket[];
  readonly #traffic: ReadonlyMap<string, Uint8Array>;
  readonly #streams = new Map<string, Uint8Array>();

  constructor(session: QuicSession, crypto: Crypto, identities: Identities) {
    const parameters = {
      client: encodeParameters(session.parameters.client),
      server: encodeParameters(session.parameters.server),
    };
    const messages = session.messages.map((one: CryptoMessage) => ({
      ...one,
      message: filled(one.message, parameters[one.from]),
    }));
    const { seed, id, serverChain, clientChain, resumed } = session;
    const records = { client: [], server: [] };
    const filler = new Filler(
      { seed, id, serverChain, clientChain, resumed, messages, records },
      crypto,
      identities,
      null,
    );
    const pieces = new Map<string, Uint8Array[]>();
    for (const { from, epoch, message } of messages) {
      const key = `${from} ${cryptoSpace(epoch)}`;
      const list = pieces.get(key) ?? [];
      pieces.set(key, list);
      list.push(filler.next(from, message));
    }
    for (const [key, list] of pieces) this.#streams.set(key, concat(list));
    this.suite = filler.suite;
    this.earlySuite = resumed ? suiteOf(resumed.suite) : null;
    this.keyLog = filler.secrets.log.map(keyLogLine);
    this.secrets = filler.secrets.named;
    this.tickets = filler.secrets.tickets;
    this.#traffic = filler.secrets.traffic;
  }

  /** All bytes that a side wrote to a CRYPTO stream. */
  stream(side: Side, space: CryptoSpace): Uint8Array {
    return this.#streams.get(`${side} ${space}`) ?? new Uint8Array(0);
  }

  /** The traffic secret of an epoch, before any key update; null where the handshake did not come so far. */
  secret(side: Side, epoch: number): Uint8Array | null {
    return this.#traffic.get(`${side} ${String(epoch)}`) ?? null;
  }
}
