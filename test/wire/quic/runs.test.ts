import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithFixtures } from '../../support/fixtures.ts';
import { findTshark, tsharkFields } from '../../support/tshark.ts';
import { initialSecrets, INITIAL_SUITE, packetKeys } from '../../../src/wire/quic/crypto/keys.ts';
import type { PacketKeys } from '../../../src/wire/quic/crypto/keys.ts';
import { loadQuicCrypto } from '../../../src/wire/quic/crypto/load.ts';
import { openPacket, sealPacket } from '../../../src/wire/quic/crypto/protection.ts';
import { retryTag } from '../../../src/wire/quic/crypto/retry.ts';
import type { QuicCrypto } from '../../../src/wire/quic/crypto/types.ts';
import { versionKeys } from '../../../src/wire/quic/crypto/version.ts';
import { quicFrameFields } from '../../../src/wire/quic/fields/frames.ts';
import { packetFields } from '../../../src/wire/quic/fields/packet.ts';
import { decodeFrames } from '../../../src/wire/quic/frame/decode.ts';
import { encodeFrames } from '../../../src/wire/quic/frame/encode.ts';
import type { ReadFrame } from '../../../src/wire/quic/frame/frame.ts';
import { mayCarry } from '../../../src/wire/quic/frame/frame.ts';
import { packetsOf } from '../../../src/wire/quic/packet/datagram.ts';
import type { PacketPlace } from '../../../src/wire/quic/packet/datagram.ts';
import { encodeRetry } from '../../../src/wire/quic/packet/header.ts';
import { QpackEncoder } from '../../../src/wire/qpack/encoder.ts';
import { encodeEncoderInstructions } from '../../../src/wire/qpack/instruction.ts';
import { encodeSection } from '../../../src/wire/qpack/section.ts';
import { StreamReader } from '../../../src/wire/http3/stream.ts';
import { QpackDecoder } from '../../../src/wire/qpack/decoder.ts';
import { encoderStream } from '../../../src/wire/qpack/instructionStream.ts';
import { suiteOf } from '../../../src/wire/tls/crypto/suites.ts';
import { decodeHandshake } from '../../../src/wire/tls/handshake/decodeMessage.ts';
import { KeyLog } from '../../../src/wire/tls/keylog.ts';
import { asNumber, varintSize } from '../../../src/wire/varint.ts';
import { toHex } from '../hpack/support.ts';
import { within } from '../hpack/within.ts';

interface Sent {
  readonly up: boolean;
  readonly payload: Uint8Array;
}

/** UDP payloads of a pcapng of raw IPv4, in order; the client is who sends first. */
const payloadsOf = (file: string): Sent[] => {
  const data = readFileSync(file);
  const sent: Sent[] = [];
  let port = 0;
  for (let at = 0; at < data.length; at += data.readUInt32LE(at + 4)) {
    if (data.readUInt32LE(at) !== 6) continue;
    const packet = data.subarray(at + 28, at + 28 + data.readUInt32LE(at + 20));
    const udp = ((packet[0] ?? 0) & 15) * 4;
    port ||= packet.readUInt16BE(udp + 2);
    sent.push({ up: packet.readUInt16BE(udp + 2) === port, payload: packet.subarray(udp + 8) });
  }
  return sent;
};

interface Opened {
  readonly up: boolean;
  readonly kind: PacketPlace['kind'];
  readonly number: number;
  readonly frames: readonly ReadFrame[];
}

/** Opens a run with its key log, as a reader of captures would. */
class Run {
  readonly packets: Opened[][] = [];
  readonly retries: Extract<PacketPlace, { kind: 'retry' }>[] = [];
  #initial: { client: PacketKeys; server: PacketKeys } | null = null;
  readonly #keys = new Map<string, PacketKeys | null>();
  readonly #largest = new Map<string, number>();
  readonly #crypto = new Map<string, Uint8Array>();
  readonly #idLength = { up: 0, down: 0 };
  #random: Uint8Array | null = null;
  #suite = 0;
  first: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly crypto: QuicCrypto,
    private readonly log: KeyLog,
  ) {}

  #start(version: number, destination: Uint8Array): void {
    const keys = versionKeys(version)!;
    const secrets = initialSecrets(this.crypto, keys, destination);
    const of = (secret: Uint8Array): PacketKeys => packetKeys(this.crypto, INITIAL_SUITE, keys, secret);
    this.#initial = { client: of(secrets.client), server: of(secrets.server) };
  }

  #keysFor(kind: PacketPlace['kind'], up: boolean): PacketKeys | null {
    if (kind === 'initial') return this.#initial?.[up ? 'client' : 'server'] ?? null;
    const label = {
      zeroRtt: 'EARLY_TRAFFIC_SECRET',
      handshake: 'HANDSHAKE_TRAFFIC_SECRET',
      oneRtt: 'TRAFFIC_SECRET_0',
    };
    const name = `${up ? 'CLIENT' : 'SERVER'}_${label[kind as 'zeroRtt'] ?? ''}`;
    if (!this.#keys.has(name)) {
      const secret = this.#random && this.log.secret(name, this.#random);
      // Early data comes before the server chose: this client's first suite.
      const suite = suiteOf(this.#suite || 0x1301);
      this.#keys.set(name, secret && suite ? packetKeys(this.crypto, suite, versionKeys(1)!, secret) : null);
    }
    return this.#keys.get(name) ?? null;
  }

  /** Hello messages say what the keys are. */
  #hello(up: boolean, frames: readonly ReadFrame[]): void {
    const name = up ? 'up' : 'down';
    const pieces = this.#crypto.get(name) ?? new Uint8Array(4096);
    this.#crypto.set(name, pieces);
    for (const frame of frames) if (frame.kind === 'crypto') pieces.set(frame.data, asNumber(frame.offset));
    const message = decodeHandshake(pieces.slice(0, 4 + (pieces[2] ?? 0) * 256 + (pieces[3] ?? 0)), true);
    if (up && pieces[0] === 1) this.#random = pieces.slice(6, 38);
    if (message.ok && message.value.type === 'serverHello') this.#suite = message.value.suite;
  }

  take({ up, payload }: Sent): void {
    const { packets, rest } = packetsOf(payload, this.#idLength[up ? 'up' : 'down']);
    if (rest) expect(rest.what).toContain('zeros fill');
    const opened: Opened[] = [];
    for (const place of packets) {
      if (place.kind === 'retry') {
        this.retries.push(place);
        this.#start(place.version, place.source);
        opened.push({ up, kind: place.kind, number: -1, frames: [] });
        continue;
      }
      if (!('numberAt' in place)) continue;
      if (this.#initial === null && place.kind === 'initial') {
        this.first = place.destination;
        this.#start(place.version, place.destination);
      }
      if (place.kind !== 'oneRtt') this.#idLength[up ? 'down' : 'up'] = place.source.length;
      const keys = this.#keysFor(place.kind, up);
      const space = `${up ? 'up' : 'down'} ${place.kind === 'zeroRtt' ? 'oneRtt' : place.kind}`;
      const largest = this.#largest.get(space) ?? -1;
      const read = keys && openPacket(payload, place, keys, largest);
      if (!read?.ok) expect.fail(`${place.kind}: ${read?.problems[0]?.what ?? 'no keys'}`);
      this.#largest.set(space, Math.max(largest, read.value.number));
      this.#check(payload, place, keys!, read.value);
      const decoded = decodeFrames(read.value.payload);
      if (!decoded.ok) expect.fail(decoded.problems[0]?.what);
      const frames = decoded.value.map(({ frame }) => frame);
      const carrier = place.kind;
      expect(frames.every((frame) => mayCarry(carrier, frame))).toBe(true);
      if (place.kind === 'initial') this.#hello(up, frames);
      opened.push({ up, kind: place.kind, number: read.value.number, frames });
    }
    this.packets.push(opened);
  }

  /** Sealed again it is the same packet; and its fields cover it. */
  #check(
    payload: Uint8Array,
    place: Extract<PacketPlace, { numberAt: number }>,
    keys: PacketKeys,
    read: Extract<ReturnType<typeof openPacket>, { ok: true }>['value'],
  ): void {
    if (read.number % 7 !== 0 && place.kind === 'oneRtt') return;
    const { number, numberLength, header } = read;
    const fixedBit = ((header[0] ?? 0) & 0x40) !== 0;
    const spin = ((header[0] ?? 0) & 0x20) !== 0;
    const numbered = { number, numberLength, fixedBit, destination: place.destination };
    // Stacks differ in the bytes of the Length field: ngtcp2 has four, picoquic two.
    const token = place.kind === 'initial' ? varintSize(place.token.length) + place.token.length : 0;
    const ids = place.kind === 'oneRtt' ? 0 : place.destination.length + place.source.length;
    const lengthSize = (place.numberAt - place.at - 7 - ids - token) as 1 | 2 | 4 | 8;
    const sealed = sealPacket(
      place.kind === 'oneRtt'
        ? { kind: 'oneRtt', ...numbered, spin, keyPhase: read.keyPhase ?? 0 }
        : { ...place, ...numbered, lengthSize },
      read.payload,
      keys,
    );
    expect(sealed.ok && toHex(sealed.value)).toBe(toHex(payload.subarray(place.at, place.end)));
    const fields = packetFields(payload, place, read);
    within(fields, place.at * 8, place.end * 8);
    expect(fields.reduce((sum, field) => sum + field.bits, 0)).toBe((place.end - place.at) * 8);
    within(quicFrameFields(read.payload, 0, read.payload.length), 0, read.payload.length * 8);
    // ngtcp2 and picoquic write numbers in the shortest form but for the lengths of frames.
    const decoded = decodeFrames(read.payload);
    if (decoded.ok)
      expect(encodeFrames(decoded.value.map(({ frame }) => frame)).length).toBeLessThanOrEqual(read.payload.length);
  }
}

const openRun = async (folder: string): Promise<Run> => {
  const run = new Run(await loadQuicCrypto(), new KeyLog(readFileSync(join(folder, 'keys.log'), 'utf8')));
  for (const sent of payloadsOf(join(folder, 'client.pcapng'))) run.take(sent);
  return run;
};

/** The bytes of each stream of one direction. */
const streamsOf = (run: Run, up: boolean): Map<number, Uint8Array> => {
  const pieces = new Map<number, Map<number, Uint8Array>>();
  for (const packet of run.packets.flat().filter((one) => one.up === up))
    for (const frame of packet.frames) {
      if (frame.kind !== 'stream') continue;
      const id = asNumber(frame.stream);
      const stream = pieces.get(id) ?? new Map<number, Uint8Array>();
      pieces.set(id, stream.set(asNumber(frame.offset), frame.data));
    }
  return new Map(
    [...pieces].map(([id, parts]) => {
      const size = Math.max(...[...parts].map(([offset, data]) => offset + data.length));
      const bytes = new Uint8Array(size);
      for (const [offset, data] of parts) bytes.set(data, offset);
      return [id, bytes];
    }),
  );
};

describeWithFixtures('runs of ngtcp2 and picoquic', (fixtures) => {
  const names = ['ngtcp2-cubic-Q3', 'ngtcp2-cubic-Q5', 'ngtcp2-cubic-Q10', 'ngtcp2-cubic-Q11', 'picoquic-cubic-Q4'];

  it.each(names)('%s: every packet opens, and is sealed again to the byte', async (name) => {
    const folder = join(fixtures, 'quic', name);
    const run = await openRun(folder);
    const kinds = new Set(run.packets.flat().map((packet) => packet.kind));
    expect(kinds.has('initial') && kinds.has('handshake') && kinds.has('oneRtt')).toBe(true);
    expect(kinds.has('zeroRtt')).toBe(name.endsWith('Q3'));
    expect(kinds.has('retry')).toBe(name.endsWith('Q10'));
    for (const retry of run.retries) {
      const tag = retryTag(await loadQuicCrypto(), versionKeys(1)!, run.first, encodeRetry(retry, new Uint8Array(0)));
      expect(toHex(tag)).toBe(toHex(retry.tag));
    }
    if (findTshark() === null) return;
    const rows = tsharkFields(join(folder, 'client.pcapng'), ['quic.packet_number', 'quic.frame_type'], 'quic');
    const numbers = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number));
    expect(run.packets.map((packets) => packets.flatMap(({ number }) => (number < 0 ? [] : [number])))).toEqual(
      rows.map(([list = '']) => numbers(list)),
    );
    const typed = run.packets.map((packets) => packets.flatMap(({ frames }) => frames).length);
    expect(typed).toEqual(rows.map(([, list = '']) => numbers(list).length));
  });

  it('the twelve requests and answers of ngtcp2-cubic-Q4 are read through HTTP/3 and QPACK, and written again to the byte', async () => {
    const run = await openRun(join(fixtures, 'quic', 'ngtcp2-cubic-Q4'));
    const paths: string[] = [];
    let bodies = 0;
    for (const up of [true, false]) {
      const decoder = new QpackDecoder(4096, 100);
      // nghttp3 is told 4096 bytes and 100 streams by each side's SETTINGS; our encoder chooses as it does.
      const encoder = new QpackEncoder();
      encoder.setPeer(4096, 100);
      const [theirs, ours]: string[][] = [[], []];
      const streams = [...streamsOf(run, up)].sort(([a], [b]) => a - b);
      // The encoder stream first, so that nothing has to wait.
      for (const [id, bytes] of streams) {
        if ((id & 2) === 0) continue;
        const reader = new StreamReader('unidirectional');
        const read = reader.read(bytes);
        expect(read.refused).toBeNull();
        if (reader.kind === 'control') expect(read.frames[0]?.frame.kind).toBe('settings');
        if (reader.kind !== 'qpackEncoder' || !read.bytes) continue;
        theirs!.push(toHex(read.bytes));
        const instructions = encoderStream().push(read.bytes);
        expect(instructions.ok && decoder.insert(instructions.value).ok).toBe(true);
      }
      for (const [id, bytes] of streams) {
        if ((id & 2) !== 0) continue;
        const reader = new StreamReader('bidirectional');
        for (const { frame } of reader.read(bytes).frames) {
          if (frame.kind === 'data') bodies += frame.data.length;
          if (frame.kind !== 'headers') continue;
          const fields = decoder.bytes(id, frame.section);
          if (!fields.ok) expect.fail(fields.problems[0]?.what);
          const again = encoder.section(id, fields.value?.fields ?? []);
          ours!.push(toHex(encodeEncoderInstructions(again.instructions)));
          expect(toHex(encodeSection(again.section))).toBe(toHex(frame.section));
          const value = (wanted: string): string | undefined =>
            fields.value?.fields.find((field) => field.name === wanted)?.value;
          if (up) paths.push(value(':path') ?? '');
          else expect(value(':status')).toBe('200');
        }
        expect(reader.finish()).toBeNull();
      }
      expect(ours!.join('')).toBe(theirs!.join(''));
      expect(ours!.join('').length).toBeGreaterThan(40);
    }
    expect(paths).toHaveLength(12);
    expect(new Set(paths).size).toBe(12);
    // README of the fixtures: twelve resources, 758 kB.
    expect(Math.round(bodies / 1000)).toBe(758);
  });
});
