import { HandshakeType } from '../codes.ts';
import { measured, written } from '../sink.ts';
import type { Sink } from '../sink.ts';
import { writeExtensions } from './extension.ts';
import type { Extension } from './extension.ts';

/** RFC 8446 §4.1.2. `extensions` null: the block is absent, as RFC 5246 §7.4.1.2 allows. */
export interface ClientHello {
  readonly type: 'clientHello';
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suites: readonly number[];
  readonly compression: Uint8Array;
  readonly extensions: readonly Extension[] | null;
}

/** RFC 8446 §4.1.3; a HelloRetryRequest is one with a set random. */
export interface ServerHello {
  readonly type: 'serverHello';
  readonly version: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly suite: number;
  readonly compression: number;
  readonly extensions: readonly Extension[] | null;
}

/** One certificate of TLS 1.3 (RFC 8446 §4.4.2). */
export interface CertificateEntry {
  readonly der: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** A signature and its scheme (RFC 8446 §4.4.3). */
export interface Signed {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

/** Handshake messages. A number at the end of a kind says in which version it has this form. */
export type HandshakeMessage =
  | { readonly type: 'helloRequest' }
  | ClientHello
  | ServerHello
  | {
      readonly type: 'ticket13';
      /** Seconds. */
      readonly lifetime: number;
      readonly ageAdd: number;
      readonly nonce: Uint8Array;
      readonly ticket: Uint8Array;
      readonly extensions: readonly Extension[];
    }
  | { readonly type: 'ticket12'; readonly lifetime: number; readonly ticket: Uint8Array }
  | { readonly type: 'endOfEarlyData' }
  | { readonly type: 'encryptedExtensions'; readonly extensions: readonly Extension[] }
  | { readonly type: 'certificate13'; readonly context: Uint8Array; readonly entries: readonly CertificateEntry[] }
  | { readonly type: 'certificate12'; readonly certificates: readonly Uint8Array[] }
  | ({ readonly type: 'serverKeyExchange'; readonly group: number; readonly share: Uint8Array } & Signed)
  | { readonly type: 'certificateRequest13'; readonly context: Uint8Array; readonly extensions: readonly Extension[] }
  | {
      readonly type: 'certificateRequest12';
      readonly certificateTypes: Uint8Array;
      readonly schemes: readonly number[];
      readonly authorities: readonly Uint8Array[];
    }
  | { readonly type: 'serverHelloDone' }
  | ({ readonly type: 'certificateVerify' } & Signed)
  | { readonly type: 'clientKeyExchange'; readonly share: Uint8Array }
  | { readonly type: 'finished'; readonly verify: Uint8Array }
  | { readonly type: 'certificateStatus'; readonly response: Uint8Array }
  | { readonly type: 'keyUpdate'; readonly request: boolean }
  /** In place of the first ClientHello in the transcript after a HelloRetryRequest (RFC 8446 §4.4.1). */
  | { readonly type: 'messageHash'; readonly hash: Uint8Array }
  | { readonly type: 'raw'; readonly code: number; readonly body: Uint8Array };

export type HandshakeKind = HandshakeMessage['type'];

const codes: Readonly<Record<Exclude<HandshakeKind, 'raw'>, number>> = {
  helloRequest: HandshakeType.HelloRequest,
  clientHello: HandshakeType.ClientHello,
  serverHello: HandshakeType.ServerHello,
  ticket13: HandshakeType.NewSessionTicket,
  ticket12: HandshakeType.NewSessionTicket,
  endOfEarlyData: HandshakeType.EndOfEarlyData,
  encryptedExtensions: HandshakeType.EncryptedExtensions,
  certificate13: HandshakeType.Certificate,
  certificate12: HandshakeType.Certificate,
  serverKeyExchange: HandshakeType.ServerKeyExchange,
  certificateRequest13: HandshakeType.CertificateRequest,
  certificateRequest12: HandshakeType.CertificateRequest,
  serverHelloDone: HandshakeType.ServerHelloDone,
  certificateVerify: HandshakeType.CertificateVerify,
  clientKeyExchange: HandshakeType.ClientKeyExchange,
  finished: HandshakeType.Finished,
  certificateStatus: HandshakeType.CertificateStatus,
  keyUpdate: HandshakeType.KeyUpdate,
  messageHash: HandshakeType.MessageHash,
};

export const handshakeCode = (message: HandshakeMessage): number =>
  message.type === 'raw' ? message.code : codes[message.type];

const writeSigned = (sink: Sink, { scheme, signature }: Signed): void => {
  sink.u16(scheme);
  sink.vector(2, () => sink.bytes(signature));
};

const writeClientHello = (sink: Sink, hello: ClientHello): void => {
  sink.u16(hello.version);
  sink.bytes(hello.random);
  sink.vector(1, () => sink.bytes(hello.sessionId));
  sink.vector(2, () => hello.suites.forEach((suite) => sink.u16(suite)));
  sink.vector(1, () => sink.bytes(hello.compression));
  if (hello.extensions) writeExtensions(sink, hello.extensions);
};

const writeServerHello = (sink: Sink, hello: ServerHello): void => {
  sink.u16(hello.version);
  sink.bytes(hello.random);
  sink.vector(1, () => sink.bytes(hello.sessionId));
  sink.u16(hello.suite);
  sink.u8(hello.compression);
  if (hello.extensions) writeExtensions(sink, hello.extensions);
};

const writeBody = (sink: Sink, message: HandshakeMessage): void => {
  switch (message.type) {
    case 'helloRequest':
    case 'endOfEarlyData':
    case 'serverHelloDone':
      return;
    case 'clientHello':
      writeClientHello(sink, message);
      return;
    case 'serverHello':
      writeServerHello(sink, message);
      return;
    case 'ticket13':
      sink.u32(message.lifetime);
      sink.u32(message.ageAdd);
      sink.vector(1, () => sink.bytes(message.nonce));
      sink.vector(2, () => sink.bytes(message.ticket));
      writeExtensions(sink, message.extensions);
      return;
    case 'ticket12':
      sink.u32(message.lifetime);
      sink.vector(2, () => sink.bytes(message.ticket));
      return;
    case 'encryptedExtensions':
      writeExtensions(sink, message.extensions);
      return;
    case 'certificate13':
      sink.vector(1, () => sink.bytes(message.context));
      sink.vector(3, () =>
        message.entries.forEach(({ der, extensions }) => {
          sink.vector(3, () => sink.bytes(der));
          writeExtensions(sink, extensions);
        }),
      );
      return;
    case 'certificate12':
      sink.vector(3, () => message.certificates.forEach((der) => sink.vector(3, () => sink.bytes(der))));
      return;
    case 'serverKeyExchange':
      sink.u8(3); // named_curve (RFC 8422 §5.4)
      sink.u16(message.group);
      sink.vector(1, () => sink.bytes(message.share));
      writeSigned(sink, message);
      return;
    case 'certificateRequest13':
      sink.vector(1, () => sink.bytes(message.context));
      writeExtensions(sink, message.extensions);
      return;
    case 'certificateRequest12':
      sink.vector(1, () => sink.bytes(message.certificateTypes));
      sink.vector(2, () => message.schemes.forEach((scheme) => sink.u16(scheme)));
      sink.vector(2, () => message.authorities.forEach((name) => sink.vector(2, () => sink.bytes(name))));
      return;
    case 'certificateVerify':
      writeSigned(sink, message);
      return;
    case 'clientKeyExchange':
      sink.vector(1, () => sink.bytes(message.share));
      return;
    case 'finished':
      sink.bytes(message.verify);
      return;
    case 'certificateStatus':
      sink.u8(1);
      sink.vector(3, () => sink.bytes(message.response));
      return;
    case 'keyUpdate':
      sink.u8(message.request ? 1 : 0);
      return;
    case 'messageHash':
      sink.bytes(message.hash);
      return;
    case 'raw':
      sink.bytes(message.body);
  }
};

const writeMessage = (sink: Sink, message: HandshakeMessage): void => {
  sink.u8(handshakeCode(message));
  sink.vector(3, () => writeBody(sink, message));
};

/** Bytes of a message, its header of 4 included (RFC 8446 §4). */
export const handshakeSize = (message: HandshakeMessage): number => measured((sink) => writeMessage(sink, message));
export const encodeHandshake = (message: HandshakeMessage): Uint8Array =>
  written((sink) => writeMessage(sink, message));
