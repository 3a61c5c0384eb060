import { concat } from '../x509/der.ts';
import { u8 } from '../bytes.ts';
import { ContentType, Version } from './codes.ts';
import { RecordProtector } from './crypto/protection.ts';
import { keyBlock } from './crypto/schedule12.ts';
import { trafficKeys, updatedSecret } from './crypto/schedule13.ts';
import { suiteOf } from './crypto/suites.ts';
import type { Suite } from './crypto/suites.ts';
import type { Crypto } from './crypto/types.ts';
import { decodeHandshake, handshakeLengthAt, isRetry } from './handshake/decodeMessage.ts';
import type { ClientHello, HandshakeMessage, ServerHello } from './handshake/message.ts';
import { KeyLabel } from './keylog.ts';
import type { KeyLog } from './keylog.ts';
import { suiteName } from './names.ts';
import { recordsOf } from './record.ts';
import type { RecordPlace } from './record.ts';
import { Epoch } from './epoch.ts';

/** A record of a captured stream, opened where its key is known. */
export interface OpenRecord extends RecordPlace {
  readonly epoch: number;
  /** The type inside, which TLS 1.3 hides; the outer one where the record stays closed. */
  readonly inner: number;
  /** Null: no key, or a wrong tag; `problem` says which. */
  readonly content: Uint8Array | null;
  readonly padding: number;
  readonly problem: string | null;
}

/** A handshake message and the record that its last byte was in. */
export interface OpenMessage {
  readonly message: HandshakeMessage | null;
  readonly bytes: Uint8Array;
  readonly record: number;
  readonly problem: string | null;
}

export interface OpenDirection {
  readonly records: readonly OpenRecord[];
  readonly messages: readonly OpenMessage[];
}

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

/** The keys of one direction at one epoch; null where the log has none. */
type KeysFor = (epoch: number) => RecordProtector | null;

/** Reads one direction: knows which epoch comes when, and splits handshake bytes into messages. */
class DirectionReader {
  readonly records: OpenRecord[] = [];
  readonly messages: OpenMessage[] = [];
  epoch: number = Epoch.Plain;
  #protector: RecordProtector | null = null;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly is13: boolean,
    private readonly keys: KeysFor,
    /** Why records without a key stay closed. */
    private readonly closedWhy = 'no secret for it is known',
  ) {}

  enter(epoch: number): void {
    this.epoch = epoch;
    this.#protector = this.keys(epoch);
  }

  read(bytes: Uint8Array, place: RecordPlace): void {
    const plainInside = place.type === ContentType.ChangeCipherSpec || this.epoch === Epoch.Plain;
    const isPlain = plainInside || (this.is13 && place.type !== ContentType.ApplicationData);
    const record = isPlain ? this.#plain(bytes, place) : this.#open(bytes, place);
    this.records.push(record);
    if (record.content !== null && record.inner === ContentType.Handshake) this.#split(record.content);
    else if (record.inner === ContentType.ChangeCipherSpec && !this.is13) this.enter(Epoch.Application);
  }

  #plain(bytes: Uint8Array, place: RecordPlace): OpenRecord {
    const content = bytes.slice(place.from, place.end);
    return { ...place, epoch: Epoch.Plain, inner: place.type, content, padding: 0, problem: null };
  }

  #open(bytes: Uint8Array, place: RecordPlace): OpenRecord {
    const raw = bytes.subarray(place.at, place.end);
    const closed = { ...place, epoch: this.epoch, inner: place.type, content: null, padding: 0 };
    if (this.#protector === null && this.epoch !== Epoch.Early) return { ...closed, problem: this.closedWhy };
    const opened = this.#protector?.open(raw);
    if (opened?.ok) {
      const { type, content, padding } = opened.value;
      return { ...place, epoch: this.epoch, inner: type, content, padding, problem: null };
    }
    // Early data that was rejected ends without a word: the next record is under the handshake keys (RFC 8446 §4.2.10).
    if (this.epoch === Epoch.Early) {
      const handshake = this.keys(Epoch.Handshake);
      const second = handshake?.open(raw);
      if (second?.ok) {
        this.epoch = Epoch.Handshake;
        this.#protector = handshake;
        const { type, content, padding } = second.value;
        return { ...place, epoch: Epoch.Handshake, inner: type, content, padding, problem: null };
      }
    }
    return {
      ...closed,
      problem: opened ? opened.problems.map((p) => p.what).join(' · ') : 'no secret for it is known',
    };
  }

  #split(content: Uint8Array): void {
    let bytes = this.#pending.length === 0 ? content : concat([this.#pending, content]);
    for (;;) {
      const size = handshakeLengthAt(bytes, 0);
      if (size === null || size > bytes.length) break;
      const one = bytes.slice(0, size);
      bytes = bytes.slice(size);
      const decoded = decodeHandshake(one, this.is13);
      const message = decoded.ok ? decoded.value : null;
      const problem = decoded.ok ? null : decoded.problems.map((p) => p.what).join(' · ');
      this.messages.push({ message, bytes: one, record: this.records.length - 1, problem });
      if (message && this.is13) this.#moved(message);
    }
    this.#pending = bytes;
  }

  #moved(message: HandshakeMessage): void {
    if (message.type === 'serverHello' && !isRetry(message.random)) this.enter(Epoch.Handshake);
    else if (message.type === 'endOfEarlyData') this.enter(Epoch.Handshake);
    else if (message.type === 'finished') this.enter(Epoch.Application);
    else if (message.type === 'keyUpdate') this.enter(this.epoch + 1);
  }
}

/** First message of a type in the plain records at a stream's start. */
const plainMessages = (bytes: Uint8Array, places: readonly RecordPlace[]): HandshakeMessage[] => {
  const reader = new DirectionReader(true, () => null);
  for (const place of places) {
    if (place.type === ContentType.ApplicationData) break;
    if (place.type === ContentType.Handshake && u8(bytes, place.from) > 2) break;
    reader.read(bytes, place);
  }
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

/**
 * Opens what both ends of a connection sent, as far as the key log goes. Reads any bytes: where they are no TLS the
 * lists are short. Bytes of a direction are its TCP stream in order, from its first byte.
 */
export const openSession = (
  client: Uint8Array,
  server: Uint8Array,
  log: KeyLog,
  crypto: Crypto,
): OpenSession | null => {
  const places = { client: recordsOf(client), server: recordsOf(server) };
  const clientHello = plainMessages(client, places.client).find((m): m is ClientHello => m.type === 'clientHello');
  if (!clientHello) return null;
  const serverHello = plainMessages(server, places.server).find(
    (m): m is ServerHello => m.type === 'serverHello' && !isRetry(m.random),
  );
  const is13 =
    serverHello?.extensions?.some((e) => e.kind === 'selectedVersion' && e.version === Version.Tls13) ?? false;
  const suite = serverHello ? suiteOf(serverHello.suite) : null;
  const keys = (from: 'client' | 'server'): KeysFor =>
    suite && serverHello ? secretsOf(log, crypto, suite, { client: clientHello, server: serverHello }, from) : NO_SUITE;
  const offersEarly = clientHello.extensions?.some((e) => e.kind === 'earlyData') ?? false;

  const why = (serverHello && notOpened(serverHello.suite)) ?? undefined;
  const up = new DirectionReader(is13, keys('client'), why);
  const down = new DirectionReader(is13, keys('server'), why);
  for (const place of places.server) down.read(server, place);
  for (const place of places.client) {
    // The first protected record tells that the client has left the plain epoch: early data, or its second flight.
    if (is13 && up.epoch === Epoch.Plain && place.type === ContentType.ApplicationData) {
      const isEarly = offersEarly && up.messages.length < 2;
      up.enter(isEarly ? Epoch.Early : Epoch.Handshake);
    }
    up.read(client, place);
  }
  return { is13, suite: serverHello?.suite ?? 0, client: up, server: down };
};
