import { fail, ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { Sized } from '../../http2/frame.ts';
import { Epoch } from '../../tls/epoch.ts';
import { Chance } from '../../tls/make/chance.ts';
import type { Identities } from '../../tls/make/identity.ts';
import type { Side } from '../../tls/make/session.ts';
import { initialSecrets, INITIAL_SUITE, packetKeys, updatedKeys } from '../crypto/keys.ts';
import type { PacketKeys, QuicSuite } from '../crypto/keys.ts';
import { sealPacket } from '../crypto/protection.ts';
import { retryTag } from '../crypto/retry.ts';
import type { QuicCrypto } from '../crypto/types.ts';
import { versionKeys } from '../crypto/version.ts';
import type { VersionKeys } from '../crypto/version.ts';
import { encodeFrames } from '../frame/encode.ts';
import type { QuicFrame } from '../frame/frame.ts';
import { encodeStatelessReset } from '../packet/datagram.ts';
import { encodeRetry, encodeVersionNegotiation } from '../packet/header.ts';
import type { PacketHeader, Retry, VersionNegotiation } from '../packet/header.ts';
import { MadeHandshake } from './handshake.ts';
import type { QuicSession } from './session.ts';
import type { CryptoSpace } from './space.ts';

/** A packet that carries frames, as it was simulated. `updates`: how often its sender's keys were updated before it. */
export interface SentFrames {
  readonly kind: 'frames';
  readonly from: Side;
  readonly header: PacketHeader;
  readonly updates: number;
  /** Data of CRYPTO and STREAM is known by its place alone, or stands there. */
  readonly frames: readonly QuicFrame<Sized>[];
}

/** A packet as it was simulated. A reset's `nth` tells it from the others of its connection. */
export type SentPacket =
  | SentFrames
  | { readonly kind: 'retry'; readonly retry: Retry }
  | { readonly kind: 'versionNegotiation'; readonly packet: VersionNegotiation }
  | { readonly kind: 'statelessReset'; readonly token: Uint8Array; readonly size: number; readonly nth: number };

/** What keys depend on besides the handshake. */
export interface ConnectionFacts {
  /** The id to which the client sent its first Initial, by the version that it tried: each attempt has its own. */
  readonly originals: ReadonlyMap<number, Uint8Array>;
  readonly retry: Retry | null;
  /** The version that the ends agreed on: a short header does not say it. */
  readonly version: number;
}

/** Bytes [offset, offset + length) that a side wrote to a stream. */
export type StreamBytes = (side: Side, stream: number, offset: number, length: number) => Uint8Array;

const spaceOf = (header: PacketHeader): CryptoSpace =>
  header.kind === 'initial' ? 'initial' : header.kind === 'handshake' ? 'handshake' : 'application';

const epochs = { initial: Epoch.Plain, zeroRtt: Epoch.Early, handshake: Epoch.Handshake, oneRtt: Epoch.Application };

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * The bytes of what a simulated QUIC connection sent: really encoded, sealed and hidden, byte for byte the same whenever
 * they are asked for and in whatever order. The handshake is made at once, a packet when it is looked at.
 */
export class MadeQuic {
  readonly handshake: MadeHandshake;
  readonly #crypto: QuicCrypto;
  readonly #facts: ConnectionFacts;
  readonly #stream: StreamBytes;
  readonly #chance: Chance;
  readonly #keys = new Map<string, PacketKeys | null>();

  constructor(
    session: QuicSession,
    facts: ConnectionFacts,
    crypto: QuicCrypto,
    stream: StreamBytes,
    identities: Identities,
  ) {
    this.handshake = new MadeHandshake(session, crypto, identities);
    this.#crypto = crypto;
    this.#facts = facts;
    this.#stream = stream;
    this.#chance = new Chance(crypto, session.seed, session.id);
  }

  /** Key log lines: with them Wireshark opens every packet. */
  get keyLog(): readonly string[] {
    return this.handshake.keyLog;
  }

  /** A frame with its data. */
  filled(from: Side, space: CryptoSpace, frame: QuicFrame<Sized>): QuicFrame {
    switch (frame.kind) {
      case 'crypto': {
        const data = new Uint8Array(frame.data.length);
        data.set(this.handshake.stream(from, space).subarray(frame.offset, frame.offset + data.length));
        return { ...frame, data };
      }
      case 'stream':
        return { ...frame, data: this.#stream(from, frame.stream, frame.offset, frame.data.length) };
      case 'newToken':
        return { ...frame, token: bytesOf(frame.token) };
      case 'datagram':
        return { ...frame, data: bytesOf(frame.data) };
      default:
        return frame;
    }
  }

  /** The frames of a packet as they are before their encryption. */
  payload({ from, header, frames }: SentFrames): Uint8Array {
    const space = spaceOf(header);
    return encodeFrames(frames.map((frame) => this.filled(from, space, frame)));
  }

  /** A packet as it goes over the wire. Fails where its keys were never agreed on, or it is too short to be hidden. */
  packet(packet: SentPacket): Result<Uint8Array> {
    switch (packet.kind) {
      case 'frames': {
        const keys = this.keys(packet);
        const { kind, number } = packet.header;
        return keys
          ? sealPacket(packet.header, this.payload(packet), keys)
          : fail({ where: `packet ${String(number)}`, what: `this handshake gives no keys for ${kind} packets` });
      }
      case 'retry': {
        const { retry } = packet;
        const version = versionKeys(retry.version);
        if (!version) return unknownVersion(retry.version);
        const bare = encodeRetry(retry, new Uint8Array(0));
        const tag = retryTag(this.#crypto, version, this.#original(retry.version), bare);
        return ok(encodeRetry(retry, tag));
      }
      case 'versionNegotiation':
        return ok(encodeVersionNegotiation(packet.packet));
      case 'statelessReset': {
        const { token, size, nth } = packet;
        const noise = this.#chance.bytes(`reset ${String(nth)}`, Math.max(5, size - token.length));
        return ok(encodeStatelessReset(noise, token));
      }
    }
  }

  /** The keys of a packet; null where the handshake gives none. */
  keys({ from, header, updates }: SentFrames): PacketKeys | null {
    const number = header.kind === 'oneRtt' ? this.#facts.version : header.version;
    const version = versionKeys(number);
    if (!version) return null;
    if (header.kind === 'initial')
      return this.#initial(from, number, version, this.#initialId(from, number, header.token));
    const id = `${header.kind} ${from} ${String(number)} ${String(updates)}`;
    let keys = this.#keys.get(id);
    if (keys === undefined) {
      const earlier =
        updates > 0 ? this.keys({ kind: 'frames', from, header, updates: updates - 1, frames: [] }) : null;
      keys = earlier ? updatedKeys(this.#crypto, earlier) : updates > 0 ? null : this.#first(header, from, version);
      this.#keys.set(id, keys);
    }
    return keys;
  }

  #first(header: PacketHeader, from: Side, version: VersionKeys): PacketKeys | null {
    const secret = this.handshake.secret(from, epochs[header.kind]);
    const suite: QuicSuite | null = header.kind === 'zeroRtt' ? this.handshake.earlySuite : this.handshake.suite;
    return secret && suite ? packetKeys(this.#crypto, suite, version, secret) : null;
  }

  /** The id that Initial keys are made of: the first that the client sent to, or the Retry's (RFC 9001 §5.2). */
  #initialId(from: Side, version: number, token: Uint8Array): Uint8Array {
    const { retry } = this.#facts;
    return retry && (from === 'server' || same(token, retry.token)) ? retry.source : this.#original(version);
  }

  #original(version: number): Uint8Array {
    return this.#facts.originals.get(version) ?? NO_ID;
  }

  #initial(from: Side, number: number, version: VersionKeys, destination: Uint8Array): PacketKeys {
    const id = `initial ${from} ${String(number)} ${destination.join(' ')}`;
    let keys = this.#keys.get(id);
    if (!keys) {
      const secrets = initialSecrets(this.#crypto, version, destination);
      keys = packetKeys(this.#crypto, INITIAL_SUITE, version, secrets[from]);
      this.#keys.set(id, keys);
    }
    return keys;
  }
}

const NO_ID = new Uint8Array(0);

/** Data that stands in the frame, else zeros. */
const bytesOf = (data: Sized): Uint8Array => (data instanceof Uint8Array ? data : new Uint8Array(data.length));

const unknownVersion = (version: number): Result<never> =>
  fail({ where: 'a packet', what: `the keys of version 0x${version.toString(16)} are not known here` });
