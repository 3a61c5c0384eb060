import { beforeAll, describe, expect, it, test } from 'vitest';
import { quicIndex } from '../../../../src/packet/quic/index.ts';
import { sentPacket } from '../../../../src/packet/quic/sent.ts';
import { loadQuicCrypto } from '../../../../src/wire/quic/crypto/load.ts';
import { openPacket } from '../../../../src/wire/quic/crypto/protection.ts';
import { retryTag } from '../../../../src/wire/quic/crypto/retry.ts';
import type { QuicCrypto } from '../../../../src/wire/quic/crypto/types.ts';
import { versionKeys } from '../../../../src/wire/quic/crypto/version.ts';
import { decodeFrames } from '../../../../src/wire/quic/frame/decode.ts';
import { MadeQuic } from '../../../../src/wire/quic/make/bytes.ts';
import type { SentFrames, SentPacket } from '../../../../src/wire/quic/make/bytes.ts';
import { isStatelessReset, readPacket } from '../../../../src/wire/quic/packet/datagram.ts';
import { decodeParameters } from '../../../../src/wire/quic/transportParameters.ts';
import { ExtensionType } from '../../../../src/wire/tls/codes.ts';
import { decodeHandshake } from '../../../../src/wire/tls/handshake/decodeMessage.ts';
import type { HandshakeMessage } from '../../../../src/wire/tls/handshake/message.ts';
import { Identities } from '../../../../src/wire/tls/make/identity.ts';
import { quicTraceOf } from '../../../support/quicTrace.ts';
import { quicVariants } from '../../../support/quicVariants.ts';

let crypto: QuicCrypto;
beforeAll(async () => {
  crypto = await loadQuicCrypto();
});

const letters = (_: string, stream: number, offset: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (__, i) => 97 + ((stream + offset + i) % 26));

interface Run {
  readonly made: MadeQuic;
  readonly packets: readonly SentPacket[];
  readonly trace: ReturnType<typeof quicTraceOf>;
}

const runOf = (name: string): Run => {
  const found = quicVariants.find((one) => one.name === name);
  if (!found) throw new Error(name);
  const trace = quicTraceOf(found.run());
  const { quic } = trace;
  const session = trace.flows[0]?.quic;
  const facts = quic && quicIndex(trace, quic).facts[0];
  if (!quic || !session || !facts) throw new Error('no QUIC');
  const made = new MadeQuic(session, facts, crypto, letters, new Identities(crypto, 1));
  const packets = Array.from({ length: quic.packetCount }, (_, row) => sentPacket(trace, quic, row));
  return { made, trace, packets: packets.filter((one) => one !== null) };
};

const bytesOf = (made: MadeQuic, packet: SentPacket): Uint8Array => {
  const bytes = made.packet(packet);
  if (!bytes.ok) throw new Error(bytes.problems[0]?.what);
  return bytes.value;
};
const framed = (packets: readonly SentPacket[]): SentFrames[] =>
  packets.flatMap((one) => (one.kind === 'frames' ? [one] : []));

test.each(quicVariants)(
  '$name: every packet opens with its keys, its frames are those that were simulated',
  ({ name }) => {
    const { made, packets } = runOf(name);
    for (const packet of framed(packets)) {
      const bytes = bytesOf(made, packet);
      const { header } = packet;
      const place = readPacket(bytes, 0, bytes.length, header.destination.length);
      const keys = made.keys(packet);
      if (!place.ok || !('numberAt' in place.value) || !keys) throw new Error(`${header.kind} cannot be read`);
      expect(place.value.kind).toBe(header.kind);
      const opened = openPacket(bytes, place.value, keys, header.number - 1);
      if (!opened.ok) throw new Error(opened.problems[0]?.what);
      expect(opened.value.number).toBe(header.number);
      expect(opened.value.keyPhase).toBe(header.kind === 'oneRtt' ? header.keyPhase : null);
      expect(opened.value.reserved).toBe(0);
      const frames = decodeFrames(opened.value.payload);
      if (!frames.ok) throw new Error(frames.problems[0]?.what);
      expect(frames.value.map(({ frame }) => frame.kind)).toEqual(packet.frames.map(({ kind }) => kind));
      frames.value.forEach(({ frame }, k) => {
        const sent = packet.frames[k];
        if (frame.kind === 'stream' && sent?.kind === 'stream') {
          expect([frame.stream, frame.offset, frame.fin]).toEqual([sent.stream, sent.offset, sent.fin]);
          expect(frame.data).toEqual(letters('', sent.stream, sent.offset, sent.data.length));
        } else if (frame.kind === 'crypto' && sent?.kind === 'crypto') {
          expect([frame.offset, frame.data.length]).toEqual([sent.offset, sent.data.length]);
        } else expect(frame).toEqual(sent);
      });
    }
  },
);

/** The messages of a CRYPTO stream, decoded. */
const messages = (bytes: Uint8Array): HandshakeMessage[] => {
  const found: HandshakeMessage[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 4 + (bytes[at + 1] ?? 0) * 65536 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    const read = decodeHandshake(bytes.slice(at, at + size), true);
    if (!read.ok) throw new Error(read.problems[0]?.what);
    found.push(read.value);
    at += size;
  }
  return found;
};

describe('TLS inside', () => {
  it('each space has its messages, whole; parameters and ALPN are in the hellos (RFC 9001 §8)', () => {
    const { made, trace } = runOf('Retry');
    const kinds = (side: 'client' | 'server', space: 'initial' | 'handshake' | 'application'): string[] =>
      messages(made.handshake.stream(side, space)).map(({ type }) => type);
    expect(kinds('client', 'initial')).toEqual(['clientHello']);
    expect(kinds('server', 'initial')).toEqual(['serverHello']);
    expect(kinds('server', 'handshake')).toEqual([
      'encryptedExtensions',
      'certificate13',
      'certificateVerify',
      'finished',
    ]);
    expect(kinds('client', 'handshake')).toEqual(['finished']);
    expect(kinds('server', 'application')).toEqual(['ticket13', 'ticket13']);
    expect(kinds('client', 'application')).toEqual([]);
    const [hello] = messages(made.handshake.stream('client', 'initial'));
    const [extensions] = messages(made.handshake.stream('server', 'handshake'));
    for (const [message, side] of [
      [hello, 'client'],
      [extensions, 'server'],
    ] as const) {
      if (message?.type !== 'clientHello' && message?.type !== 'encryptedExtensions') throw new Error('no hello');
      const raw = message.extensions?.find((e) => e.kind === 'raw' && e.type === ExtensionType.QuicTransportParameters);
      const read = raw?.kind === 'raw' ? decodeParameters(raw.data) : null;
      expect(read).toEqual({ ok: true, value: trace.flows[0]?.quic?.parameters[side] });
      expect(message.extensions?.find((e) => e.kind === 'alpn')).toMatchObject({ protocols: ['h3'] });
    }
    // No session id for middleboxes (RFC 9001 §8.4).
    expect(hello).toMatchObject({ sessionId: new Uint8Array(0) });
  });

  it('two hellos in one stream after a HelloRetryRequest', () => {
    const { made } = runOf('HelloRetryRequest');
    expect(messages(made.handshake.stream('client', 'initial'))).toHaveLength(2);
    expect(messages(made.handshake.stream('server', 'initial'))).toHaveLength(2);
  });
});

describe('keys', () => {
  it('Initials after a Retry go under its id, the one before it does not (RFC 9001 §5.2)', () => {
    const { made, packets } = runOf('Retry');
    const initials = framed(packets).filter(({ header }) => header.kind === 'initial');
    const ivs = initials.map((one) => `${one.from} ${made.keys(one)?.iv.join(' ') ?? ''}`);
    expect(ivs[0]).not.toBe(ivs[1]);
    expect(new Set(ivs.slice(1)).size).toBe(2);
  });

  it('each update has keys of its own, the header’s stay (RFC 9001 §6.1)', () => {
    const { made, packets } = runOf('key updates');
    const short = framed(packets).filter(({ header, from }) => header.kind === 'oneRtt' && from === 'client');
    const phases = [...new Set(short.map(({ updates }) => updates))];
    expect(phases).toEqual([0, 1, 2]);
    const keys = phases.map((updates) => made.keys({ ...(short[0] as SentFrames), updates }));
    expect(new Set(keys.map((one) => one?.iv.join(' '))).size).toBe(3);
    expect(new Set(keys.map((one) => one?.mask)).size).toBe(1);
  });

  it('a packet for which there are no keys is refused with a sentence', () => {
    const { made, packets } = runOf('1-RTT');
    const short = framed(packets).find(({ header }) => header.kind === 'initial');
    if (short?.header.kind !== 'initial') throw new Error('no Initial');
    const early: SentFrames = { ...short, header: { ...short.header, kind: 'zeroRtt' } };
    expect(made.packet(early)).toEqual({
      ok: false,
      problems: [{ where: 'packet 0', what: 'this handshake gives no keys for zeroRtt packets' }],
    });
  });
});

it('a Retry carries the tag of what it answers, a reset the token of its connection', () => {
  const { made, packets, trace } = runOf('version 2 and Retry');
  const retry = packets.find((one) => one.kind === 'retry');
  const first = framed(packets)[0];
  if (retry?.kind !== 'retry' || !first) throw new Error('no Retry');
  const bytes = bytesOf(made, retry);
  const version = versionKeys(retry.retry.version);
  if (!version) throw new Error('no version');
  expect(bytes.slice(-16)).toEqual(retryTag(crypto, version, first.header.destination, bytes.slice(0, -16)));
  expect(trace.quic?.packets.size[packets.indexOf(retry)]).toBe(bytes.length);
  const reset = runOf('stateless reset');
  const last = reset.packets.at(-1);
  if (last?.kind !== 'statelessReset') throw new Error('no reset');
  expect(isStatelessReset(bytesOf(reset.made, last), [last.token])).toBe(true);
});
