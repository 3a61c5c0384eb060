import type { QuicType } from '../../trace/quic/types.ts';
import { QuicType as Type } from '../../trace/quic/types.ts';
import { u8 } from '../../wire/bytes.ts';
import { quicVersionName } from '../../wire/quic/codes.ts';
import type { PacketKeys } from '../../wire/quic/crypto/keys.ts';
import { openHeader, openPacket } from '../../wire/quic/crypto/protection.ts';
import type { OpenedPacket } from '../../wire/quic/crypto/protection.ts';
import type { QuicCrypto } from '../../wire/quic/crypto/types.ts';
import { versionKeys } from '../../wire/quic/crypto/version.ts';
import { decodeFrames } from '../../wire/quic/frame/decode.ts';
import { isStatelessReset, packetsOf } from '../../wire/quic/packet/datagram.ts';
import type { PacketPlace } from '../../wire/quic/packet/datagram.ts';
import { expanded } from '../../wire/quic/packet/number.ts';
import { HandshakeType } from '../../wire/tls/codes.ts';
import type { KeyLog } from '../../wire/tls/keylog.ts';
import { asNumber } from '../../wire/varint.ts';
import type { Sealed } from './bulk.ts';
import { CryptoStream } from './cryptoStream.ts';
import { HandshakeFacts } from './hello.ts';
import { InitialKeys } from './initialKeys.ts';
import { capturedPacket, Space } from './packet.ts';
import type { CapturedPacket } from './packet.ts';
import { isGoogle, longHeaderAt } from './recognise.ts';
import { keysOf, PhaseKeys } from './secrets.ts';

/** What all connections of a capture share. */
export interface Readers {
  readonly bytes: Uint8Array;
  readonly crypto: QuicCrypto;
  readonly log: KeyLog;
  /** Takes a payload that can be opened with many others. */
  readonly later: (connection: Connection, packet: CapturedPacket, sealed: Sealed) => void;
  /** An end gave itself an id: packets to it go `up` or down. */
  readonly named: (connection: Connection, id: Uint8Array, up: boolean) => void;
}

type Protected = Extract<PacketPlace, { readonly numberAt: number }>;
type Place<K extends PacketPlace['kind']> = Extract<PacketPlace, { readonly kind: K }>;

const types: Readonly<Record<PacketPlace['kind'], QuicType>> = {
  initial: Type.Initial,
  zeroRtt: Type.ZeroRtt,
  handshake: Type.Handshake,
  retry: Type.Retry,
  oneRtt: Type.OneRtt,
  versionNegotiation: Type.VersionNegotiation,
  otherVersion: Type.Unknown,
};

const spaceOf = (kind: PacketPlace['kind']): Space =>
  kind === 'initial' ? Space.Initial : kind === 'handshake' ? Space.Handshake : Space.Application;

const notRead = (version: number): string => {
  if (isGoogle(version)) {
    const letters = [24, 16, 8, 0].map((shift) => String.fromCharCode((version >>> shift) & 0xff)).join('');
    return `${letters} is Google’s QUIC from before the standard, which is not read`;
  }
  if ((version & 0x0f0f_0f0f) === 0x0a0a_0a0a)
    return 'it asks for a version that does not exist, so that the server names those that it has';
  return `its version is not read: ${quicVersionName(version)}`;
};

/** One direction: what its receiver knows. */
class Way {
  /** Largest packet number of each space, as far as headers tell, and as far as tags prove; −1: none. */
  readonly largest = [-1, -1, -1];
  readonly proven = [-1, -1, -1];
  readonly crypto = [new CryptoStream(), new CryptoStream(), new CryptoStream()];
  /** Undefined: not looked for yet; null: there are none. */
  handshake: PacketKeys | undefined;
  early: PacketKeys | undefined;
  phases: PhaseKeys | undefined;
}

/** One connection of a capture: its packets are told apart and opened as far as the secrets reach. */
export class Connection {
  readonly packets: CapturedPacket[] = [];
  readonly facts = new HandshakeFacts();
  readonly #initial: InitialKeys;
  readonly #ways = { up: new Way(), down: new Way() };
  /** Bytes of the ids in short headers, by direction; null: no long header told. */
  readonly #idLength: { up: number | null; down: number | null } = { up: null, down: null };
  #waiting: { readonly packet: CapturedPacket; readonly place: Protected }[] = [];
  /** The latest version in a long header, the server's first. */
  version = 0;
  /** Whether the server has answered with more than Retry or Version Negotiation. */
  isAnswered = false;
  /** The packet with which the client's handshake is complete; null where it was not opened. */
  finished: CapturedPacket | null = null;
  /** Updates of the keys, and the packet that showed each. */
  readonly updates: { readonly packet: CapturedPacket; readonly count: number }[] = [];

  constructor(private readonly readers: Readers) {
    this.#initial = new InitialKeys(readers.crypto);
  }

  /** Which way turned out to be the other: nothing was opened yet that says so. */
  flip(): void {
    for (const packet of this.packets) packet.up = !packet.up;
    [this.#idLength.up, this.#idLength.down] = [this.#idLength.down, this.#idLength.up];
  }

  /** Whether an Initial to `id` opens with the keys that a client makes of it: then a client sent it. */
  isFromClient(place: Place<'initial'>): boolean {
    const keys = this.#initial.keys(place.destination, place.version, true);
    return keys !== null && openPacket(this.readers.bytes, place, keys, -1).ok;
  }

  /** Whether any Initial of it was opened. */
  get isOpened(): boolean {
    return this.#initial.ids.length > 0;
  }

  knows(id: Uint8Array): boolean {
    return this.#initial.has(id);
  }

  /** Takes the datagram [at, end) of `row` apart. `isCut`: the capture does not hold all of it. */
  take(row: number, at: number, end: number, up: boolean, isCut: boolean): void {
    const { bytes } = this.readers;
    const long = longHeaderAt(bytes, at, end);
    if (long && isGoogle(long.version)) {
      const packet = capturedPacket(row, up, Type.Unknown, null, end - at, u8(bytes, at));
      packet.problem = notRead(long.version);
      this.version ||= long.version;
      this.packets.push(packet);
      return;
    }
    const { packets, rest } = packetsOf(bytes, this.#idLength[up ? 'up' : 'down'] ?? 0, at, end);
    for (const place of packets) this.#packet(row, up, place);
    if (!rest || (rest.what.includes('zeros') && packets.length > 0)) return;
    const packet = capturedPacket(row, up, Type.Unknown, null, end - rest.at, u8(bytes, rest.at));
    packet.problem = isCut ? 'the capture holds only a part of it' : `it cannot be read: ${rest.what}`;
    this.packets.push(packet);
  }

  #packet(row: number, up: boolean, place: PacketPlace): void {
    const { bytes } = this.readers;
    const packet = capturedPacket(row, up, types[place.kind], place, place.end - place.at, u8(bytes, place.at));
    this.packets.push(packet);
    switch (place.kind) {
      case 'oneRtt':
        this.isAnswered ||= !up;
        this.#open(packet, place);
        return;
      case 'versionNegotiation':
        return;
      case 'otherVersion':
        packet.problem = notRead(place.version);
        this.version ||= place.version;
        return;
      case 'retry':
        this.#name(place, up);
        this.#initial.add(place.source);
        return;
      case 'zeroRtt':
        this.#open(packet, place);
        return;
      case 'initial':
      case 'handshake':
        this.#name(place, up);
        if (!up) {
          this.isAnswered = true;
          this.version = place.version;
        } else if (!this.isAnswered) this.version = place.version;
        if (place.kind === 'initial') this.#openInitial(packet, place, up);
        else this.#open(packet, place);
    }
  }

  /** The end that sent a long header goes by its source id. */
  #name(place: { readonly source: Uint8Array }, up: boolean): void {
    this.#idLength[up ? 'down' : 'up'] = place.source.length;
    if (place.source.length > 0) this.readers.named(this, place.source, !up);
  }

  #openInitial(packet: CapturedPacket, place: Place<'initial'>, up: boolean): void {
    const way = this.#ways[up ? 'up' : 'down'];
    const ids = [...this.#initial.ids];
    const isNew = up && !this.#initial.has(place.destination);
    if (isNew) ids.push(place.destination);
    for (const id of ids) {
      const keys = this.#initial.keys(id, place.version, up);
      if (keys === null) break;
      const opened = openPacket(this.readers.bytes, place, keys, way.largest[Space.Initial] ?? -1);
      if (!opened.ok) continue;
      if (isNew && id === place.destination) {
        // The first Initial, or the first after another version was asked for: the handshake begins anew.
        this.#initial.add(id);
        way.crypto[Space.Initial] = new CryptoStream();
      }
      this.#opened(packet, opened.value);
      return;
    }
    packet.problem =
      versionKeys(place.version) === null
        ? notRead(place.version)
        : this.#initial.ids.length === 0
          ? 'its keys are made of the id in the client’s first Initial, which is not in the capture'
          : 'its tag is wrong: other bytes were sent, or its keys are made of an id that is not in the capture';
  }

  /** Opens a packet whose keys come from a key log; it waits where they may yet be found. */
  #open(packet: CapturedPacket, place: Protected): void {
    const { log } = this.readers;
    if (log.size === 0) {
      packet.problem = 'no secrets are given for it';
      return;
    }
    if (!this.#tryOpen(packet, place)) this.#waiting.push({ packet, place });
  }

  /** Says whether keys are known; then the packet is opened, handed on to be opened, or it has a problem. */
  #tryOpen(packet: CapturedPacket, place: Protected): boolean {
    const way = this.#ways[packet.up ? 'up' : 'down'];
    if (place.kind === 'oneRtt') {
      if (this.#idLength[packet.up ? 'up' : 'down'] === null) return false;
      if (way.phases) this.#openShort(packet, place, way.phases, way);
      else {
        const keys = this.#firstKeys(packet, place, 'oneRtt');
        if (keys === null) return false;
        way.phases = new PhaseKeys(this.readers.crypto, keys);
      }
      return true;
    }
    const isEarly = place.kind === 'zeroRtt';
    const known = isEarly ? way.early : way.handshake;
    if (known) {
      const opened = openPacket(this.readers.bytes, place, known, way.largest[spaceOf(place.kind)] ?? -1);
      if (opened.ok) this.#opened(packet, opened.value);
      else packet.problem = opened.problems[0]?.what ?? '';
      return true;
    }
    const keys = this.#firstKeys(packet, place, isEarly ? 'zeroRtt' : 'handshake');
    if (keys === null) return false;
    if (isEarly) way.early = keys;
    else way.handshake = keys;
    return true;
  }

  /** Finds the keys of a level by opening its first packet with each that may be meant. */
  #firstKeys(packet: CapturedPacket, place: Protected, level: 'zeroRtt' | 'handshake' | 'oneRtt'): PacketKeys | null {
    const { bytes, crypto, log } = this.readers;
    const { clientRandom, suite } = this.facts;
    const version = versionKeys(this.version || 1);
    if (clientRandom === null || version === null) return null;
    const way = this.#ways[packet.up ? 'up' : 'down'];
    for (const keys of keysOf(crypto, log, version, level, packet.up, clientRandom, suite)) {
      const opened = openPacket(bytes, place, keys, way.largest[spaceOf(place.kind)] ?? -1);
      if (!opened.ok) continue;
      this.#opened(packet, opened.value);
      return keys;
    }
    return null;
  }

  #openShort(packet: CapturedPacket, place: Place<'oneRtt'>, phases: PhaseKeys, way: Way): void {
    const { bytes, later } = this.readers;
    const header = openHeader(bytes, place, phases.current);
    if (!header.ok) {
      packet.problem = header.problems[0]?.what ?? '';
      return;
    }
    const { first, numberLength, part } = header.value;
    if (((first >>> 2) & 1) !== phases.phase) {
      this.#openOtherPhase(packet, place, phases, way);
      return;
    }
    const number = expanded(part, numberLength, way.largest[Space.Application] ?? -1);
    way.largest[Space.Application] = Math.max(way.largest[Space.Application] ?? -1, number);
    packet.first = first;
    packet.number = number;
    packet.numberLength = numberLength;
    const from = place.numberAt + numberLength;
    const covered = new Uint8Array(bytes.subarray(place.at, from));
    covered[0] = first;
    for (let i = 0; i < numberLength; i++)
      covered[place.numberAt - place.at + i] = Math.floor(part / 256 ** (numberLength - 1 - i)) & 0xff;
    later(this, packet, { keys: phases.current, number, header: covered, bytes, from, end: place.end });
  }

  /** The next key phase, or a late packet of the one before (RFC 9001 §6.5). */
  #openOtherPhase(packet: CapturedPacket, place: Place<'oneRtt'>, phases: PhaseKeys, way: Way): void {
    const largest = way.proven[Space.Application] ?? -1;
    const next = openPacket(this.readers.bytes, place, phases.next, largest);
    if (next.ok) {
      phases.advance();
      this.updates.push({ packet, count: phases.updates });
      this.#opened(packet, next.value);
      return;
    }
    const before = phases.previous && openPacket(this.readers.bytes, place, phases.previous, largest);
    if (before?.ok === true) this.#opened(packet, before.value);
    else packet.problem = next.problems[0]?.what ?? '';
  }

  /** The payload of a packet that was handed on; null: its tag is wrong under the number that its header seemed to have. */
  delivered(packet: CapturedPacket, payload: Uint8Array | null): void {
    const way = this.#ways[packet.up ? 'up' : 'down'];
    if (payload !== null) {
      this.#frames(packet, payload);
      return;
    }
    const { place } = packet;
    packet.number = -1;
    packet.numberLength = 0;
    packet.first = place ? u8(this.readers.bytes, place.at) : 0;
    if (place?.kind !== 'oneRtt' || !way.phases) return;
    const largest = way.proven[Space.Application] ?? -1;
    const again = openPacket(this.readers.bytes, place, way.phases.current, largest);
    if (again.ok) this.#opened(packet, again.value);
    else packet.problem = again.problems[0]?.what ?? '';
    way.largest[Space.Application] = way.proven[Space.Application] ?? -1;
  }

  #opened(packet: CapturedPacket, opened: OpenedPacket): void {
    packet.number = opened.number;
    packet.numberLength = opened.numberLength;
    packet.first = opened.header[0] ?? 0;
    this.#frames(packet, opened.payload);
  }

  #frames(packet: CapturedPacket, payload: Uint8Array): void {
    const space = spaceOf(packet.place?.kind ?? 'oneRtt');
    const way = this.#ways[packet.up ? 'up' : 'down'];
    way.largest[space] = Math.max(way.largest[space] ?? -1, packet.number);
    way.proven[space] = Math.max(way.proven[space] ?? -1, packet.number);
    const read = decodeFrames(payload);
    packet.payload = payload.length;
    if (!read.ok) {
      packet.problem = `it was opened, and its frames cannot be read: ${read.problems[0]?.what ?? ''}`;
      return;
    }
    packet.frames = read.value.map(({ frame }) => frame);
    let hasNews = false;
    for (const frame of packet.frames) {
      if (frame.kind === 'crypto') {
        for (const message of way.crypto[space]?.push(asNumber(frame.offset), frame.data) ?? []) {
          hasNews = this.facts.take(message) || hasNews;
          if (packet.up && message[0] === HandshakeType.Finished) this.finished ??= packet;
        }
      } else if (frame.kind === 'newConnectionId') {
        this.readers.named(this, frame.id, !packet.up);
        if (!packet.up) this.facts.resetTokens.push(frame.resetToken);
      }
    }
    if (hasNews) this.#openWaiting();
  }

  #openWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) if (!this.#tryOpen(one.packet, one.place)) this.#waiting.push(one);
  }

  /** No more datagrams come: says what keeps the rest closed, and which of them are stateless resets. */
  finish(): void {
    const { bytes } = this.readers;
    const why =
      this.facts.clientRandom === null
        ? 'the ClientHello that names its secrets is not in the capture'
        : 'the key log holds no secret that opens it';
    for (const { packet } of this.#waiting) packet.problem = why;
    this.#waiting = [];
    for (const packet of this.packets) {
      const { place } = packet;
      if (packet.up || place?.kind !== 'oneRtt' || packet.frames !== null) continue;
      if (!isStatelessReset(bytes.subarray(place.at, place.end), this.facts.resetTokens)) continue;
      packet.type = Type.StatelessReset;
      packet.problem = '';
    }
  }
}
