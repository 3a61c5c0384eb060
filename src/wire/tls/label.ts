import { grouped } from '../field.ts';
import { AlertLevel, ContentType } from './codes.ts';
import { Epoch } from './epoch.ts';
import { isRetry } from './handshake/decodeMessage.ts';
import { handshakeCode } from './handshake/message.ts';
import type { HandshakeMessage } from './handshake/message.ts';
import { alertName, contentTypeName, handshakeName } from './names.ts';

/** Short names for figures and lists. */

/** `ClientHello (SNI example.org)`, `HelloRetryRequest`, `Certificate`. */
export const messageName = (message: HandshakeMessage): string => {
  const name = handshakeName(handshakeCode(message));
  if (message.type === 'serverHello' && isRetry(message.random)) return 'HelloRetryRequest';
  if (message.type !== 'clientHello') return name;
  for (const e of message.extensions ?? []) {
    if (e.kind === 'serverName' && e.host !== null) return `${name} (SNI ${e.host})`;
  }
  return name;
};

/** `Alert close_notify`; a fatal one says so where its name does not (RFC 8446 §6). */
export const alertText = (level: number, description: number): string =>
  `${level === AlertLevel.Fatal ? 'Fatal alert' : 'Alert'} ${alertName(description)}`;

export interface NamedRecord {
  /** Content type inside. */
  readonly inner: number;
  readonly epoch: number;
  /** Bytes of content where it is open, of the fragment where it is not. */
  readonly size: number;
  readonly isOpen: boolean;
  readonly alert: readonly [level: number, description: number] | null;
}

/** What a record without handshake messages of its own is called. */
export const recordName = ({ inner, epoch, size, isOpen, alert }: NamedRecord): string => {
  switch (inner) {
    case ContentType.ApplicationData:
      return epoch === Epoch.Early ? `Early data ${grouped(size)} B` : `Application data ${grouped(size)} B`;
    case ContentType.Alert:
      return alert ? alertText(...alert) : isOpen ? 'Alert' : 'Encrypted alert';
    case ContentType.ChangeCipherSpec:
      return 'ChangeCipherSpec';
    case ContentType.Handshake:
      return isOpen ? 'Part of a handshake message' : 'Encrypted handshake message';
    default:
      return contentTypeName(inner);
  }
};
