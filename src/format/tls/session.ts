import { ContentType, Version } from '../../wire/tls/codes.ts';
import type { Crypto } from '../../wire/tls/crypto/types.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import { decodeHandshake, handshakeLengthAt, isRetry } from '../../wire/tls/handshake/decodeMessage.ts';
import type { ClientHello, HandshakeMessage, ServerHello } from '../../wire/tls/handshake/message.ts';
import type { KeyLog } from '../../wire/tls/keylog.ts';
import { notOpened, openSession } from '../../wire/tls/open.ts';
import type { OpenDirection, OpenMessage, OpenRecord } from '../../wire/tls/open.ts';
import { recordsOf } from '../../wire/tls/record.ts';

/** Both directions of a flow's TLS, and what its hellos agreed. */
export interface Session {
  readonly up: OpenDirection;
  readonly down: OpenDirection;
  readonly clientHello: ClientHello | null;
  readonly serverHello: ServerHello | null;
  /** Version of the ServerHello: its extension's, where it has one (RFC 8446 §4.2.1). */
  readonly version: number | null;
  /** Why no record of this suite can be opened; null where one could. */
  readonly refusal: string | null;
}

const CLOSED = 'its handshake is not in the capture';

/** A direction whose other end's hello is missing: plain until the cipher changes, closed from there. */
const lonelyDirection = (bytes: Uint8Array): OpenDirection => {
  const records: OpenRecord[] = [];
  const messages: OpenMessage[] = [];
  const is13 = false;
  let isClosed = false;
  let pending: Uint8Array = new Uint8Array(0);
  for (const place of recordsOf(bytes)) {
    const { type } = place;
    const isShut = (isClosed && type !== ContentType.ChangeCipherSpec) || type === ContentType.ApplicationData;
    const content = isShut ? null : bytes.slice(place.from, place.end);
    const epoch = isShut ? Epoch.Application : Epoch.Plain;
    records.push({ ...place, epoch, inner: type, content, padding: 0, problem: isShut ? CLOSED : null });
    if (type === ContentType.ChangeCipherSpec) isClosed = true;
    if (type !== ContentType.Handshake || content === null) continue;
    const whole = new Uint8Array(pending.length + content.length);
    whole.set(pending);
    whole.set(content, pending.length);
    let at = 0;
    for (;;) {
      const size = handshakeLengthAt(whole, at);
      if (size === null || at + size > whole.length) break;
      const one = whole.slice(at, at + size);
      const decoded = decodeHandshake(one, is13);
      const message = decoded.ok ? decoded.value : null;
      messages.push({ message, bytes: one, record: records.length - 1, problem: null });
      at += size;
    }
    pending = whole.slice(at);
  }
  return { records, messages };
};

const found = <T extends HandshakeMessage>(direction: OpenDirection, is: (m: HandshakeMessage) => m is T): T | null => {
  for (const { message } of direction.messages) if (message && is(message)) return message;
  return null;
};
const isClientHello = (m: HandshakeMessage): m is ClientHello => m.type === 'clientHello';
const isServerHello = (m: HandshakeMessage): m is ServerHello => m.type === 'serverHello' && !isRetry(m.random);

const versionOf = (hello: ServerHello | null): number | null => {
  if (!hello) return null;
  for (const e of hello.extensions ?? []) if (e.kind === 'selectedVersion') return e.version;
  return hello.version;
};

/** Reads what both ends sent, opening what the key log reaches. Empty bytes stand for a direction that was not captured. */
export const readSession = (client: Uint8Array, server: Uint8Array, log: KeyLog, crypto: Crypto): Session => {
  const opened = openSession(client, server, log, crypto);
  const up = opened?.client ?? lonelyDirection(client);
  const down = opened?.server ?? lonelyDirection(server);
  const serverHello = found(down, isServerHello);
  const version = versionOf(serverHello);
  const refusal =
    serverHello === null || version === null
      ? null
      : version < Version.Tls12
        ? 'Versions before TLS 1.2 are not decrypted here.'
        : notOpened(serverHello.suite);
  return { up, down, clientHello: found(up, isClientHello), serverHello, version, refusal };
};
