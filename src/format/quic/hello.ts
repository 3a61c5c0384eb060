import { ParameterId } from '../../wire/quic/codes.ts';
import { decodeParameters, parameterNumber } from '../../wire/quic/transportParameters.ts';
import { ExtensionType, HandshakeType } from '../../wire/tls/codes.ts';
import { decodeHandshake, isRetry } from '../../wire/tls/handshake/decodeMessage.ts';
import type { Extension } from '../../wire/tls/handshake/extension.ts';
import { asNumber } from '../../wire/varint.ts';

/** Number of the extension in drafts up to 32 (draft-ietf-quic-tls-32 §8.2). */
const DRAFT_PARAMETERS = 0xffa5;
/** RFC 9000 §18.2. */
const DEFAULT_EXPONENT = 3;
const DEFAULT_MAX_ACK_DELAY = 25;

/** What the handshake of a connection says, as far as it could be read. */
export class HandshakeFacts {
  clientRandom: Uint8Array | null = null;
  suite: number | null = null;
  serverName: string | null = null;
  alpn: string | null = null;
  resumed: boolean | null = null;
  offersEarly = false;
  /** Null: the answer to it was not read. */
  early: 'accepted' | 'rejected' | null = null;
  readonly ackDelayExponent = { client: DEFAULT_EXPONENT, server: DEFAULT_EXPONENT };
  /** ms. */
  readonly maxAckDelay = { client: DEFAULT_MAX_ACK_DELAY, server: DEFAULT_MAX_ACK_DELAY };
  /** Tokens by which stateless resets of the server are known (RFC 9000 §10.3). */
  readonly resetTokens: Uint8Array[] = [];

  #parameters(side: 'client' | 'server', extensions: readonly Extension[]): void {
    for (const one of extensions) {
      if (one.kind !== 'raw' || (one.type !== ExtensionType.QuicTransportParameters && one.type !== DRAFT_PARAMETERS))
        continue;
      const read = decodeParameters(one.data);
      if (!read.ok) return;
      this.ackDelayExponent[side] = Math.min(20, asNumber(parameterNumber(read.value, ParameterId.AckDelayExponent)));
      this.maxAckDelay[side] = asNumber(parameterNumber(read.value, ParameterId.MaxAckDelay));
      for (const parameter of read.value)
        if (parameter.kind === 'bytes' && parameter.id === ParameterId.StatelessResetToken)
          this.resetTokens.push(parameter.value);
    }
  }

  /** Takes a message of either end; says whether keys may be known now that were not before. */
  take(bytes: Uint8Array): boolean {
    const type = bytes[0];
    if (
      type !== HandshakeType.ClientHello &&
      type !== HandshakeType.ServerHello &&
      type !== HandshakeType.EncryptedExtensions
    )
      return false;
    const read = decodeHandshake(bytes, true);
    if (!read.ok) return false;
    const message = read.value;
    if (message.type === 'clientHello') {
      this.clientRandom = message.random;
      const extensions = message.extensions ?? [];
      for (const one of extensions) {
        if (one.kind === 'serverName') this.serverName = one.host;
        if (one.kind === 'earlyData') this.offersEarly = true;
      }
      this.#parameters('client', extensions);
      return true;
    }
    if (message.type === 'serverHello') {
      if (isRetry(message.random)) return false;
      this.suite = message.suite;
      this.resumed = (message.extensions ?? []).some((one) => one.kind === 'selectedPsk');
      return true;
    }
    if (message.type === 'encryptedExtensions') {
      if (this.offersEarly) this.early = 'rejected';
      for (const one of message.extensions) {
        if (one.kind === 'alpn') this.alpn = one.protocols[0] ?? null;
        if (one.kind === 'earlyData') this.early = 'accepted';
      }
      this.#parameters('server', message.extensions);
    }
    return false;
  }
}
