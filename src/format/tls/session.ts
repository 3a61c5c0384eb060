import { ContentType, Version } from '../../wire/tls/codes.ts';
import type { Crypto } from '../../wire/tls/crypto/types.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import { openInTime } from '../../wire/tls/direction.ts';
import type { OpenDirection, OpenMany, OpenMessage, OpenRecord } from '../../wire/tls/direction.ts';
import { HandshakeAssembler } from '../../wire/tls/handshake/assembler.ts';
import { decodeHandshake, isRetry } from '../../wire/tls/handshake/decodeMessage.ts';
import type { ClientHello, HandshakeMessage, ServerHello } from '../../wire/tls/handshake/message.ts';
import type { KeyLog } from '../../wire/tls/keylog.ts';
import { notOpened, readingSession } from '../../wire/tls/open.ts';
import type { StreamBytes } from '../../wire/tls/open.ts';
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
const lonelyDirection = ({ bytes, gaps }: StreamBytes): OpenDirection => {
  const records: OpenRecord[] = [];
  const messages: OpenMessage[] = [];
  const is13 = false;
  let isClosed = false;
  const assembler = new HandshakeAssembler();
  for (const place of recordsOf(bytes, gaps)) {
    const { type } = place;
    if (place.lost !== undefined) assembler.clear();
    const isShut = (isClosed && type !== ContentType.ChangeCipherSpec) || type === ContentType.ApplicationData;
    const content = isShut ? null : bytes.slice(place.from, place.end);
    const epoch = isShut ? Epoch.Application : Epoch.Plain;
    records.push({ ...place, epoch, inner: type, content, padding: 0, problem: isShut ? CLOSED : null });
    if (type === ContentType.ChangeCipherSpec) isClosed = true;
    if (type !== ContentType.Handshake || content === null) continue;
    for (const one of assembler.push(content)) {
      const decoded = decodeHandshake(one, is13);
      const message = decoded.ok ? decoded.value : null;
      messages.push({ message, bytes: one, record: records.length - 1, problem: null });
    }
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

/**
 * Reads what both ends sent, opening what the key log reaches; `openMany` does the opening. Empty bytes stand for a
 * direction that was not captured. `crypto` may be null where the log is empty.
 */
export const readSession = async (
  client: StreamBytes,
  server: StreamBytes,
  log: KeyLog,
  crypto: Crypto | null,
  openMany: OpenMany,
): Promise<Session> => {
  const opened = await openInTime(readingSession(client, server, log, crypto), openMany);
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
