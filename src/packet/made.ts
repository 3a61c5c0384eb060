import type { Trace } from '../trace/types.ts';
import type { MadeQuic } from '../wire/quic/make/bytes.ts';
import type { Identities } from '../wire/tls/make/identity.ts';
import type { MadeSession } from '../wire/tls/make/bytes.ts';
import { writeApplication, writeStream } from './payload.ts';
import { quicIndex } from './quic/index.ts';

/** What the cryptography of a trace gave: by flow, null where it has none. */
interface Made {
  readonly tls: readonly (MadeSession | null)[];
  readonly quic: readonly (MadeQuic | null)[];
}

const known = new WeakMap<Trace, Made>();

const hasTls = (trace: Trace): boolean => trace.flows.some((flow) => flow.tls !== null);
const hasQuic = (trace: Trace): boolean => trace.flows.some((flow) => flow.quic !== undefined);
const hasSecrets = (trace: Trace): boolean => hasTls(trace) || hasQuic(trace);

const tlsOf = async (trace: Trace, identities: Identities): Promise<readonly (MadeSession | null)[]> => {
  if (!hasTls(trace)) return [];
  const [{ loadCrypto }, { MadeSession: Session }] = await Promise.all([
    import('../wire/tls/crypto/load.ts'),
    import('../wire/tls/make/bytes.ts'),
  ]);
  const crypto = await loadCrypto();
  return trace.flows.map((flow, f) => {
    if (flow.tls === null) return null;
    const copied = trace.flows.findIndex(({ tls }) => tls !== null && tls.id === flow.tls?.copies);
    const recorded = copied < 0 ? f : copied;
    const application = (side: 'client' | 'server', offset: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      // A replay carries what the recorded connection's client wrote.
      const source = side === 'client' ? recorded : f;
      writeApplication(trace, source, side === 'client', offset, length, bytes, 0);
      return bytes;
    };
    return new Session(flow.tls, crypto, application, null, identities);
  });
};

const quicOf = async (trace: Trace, identities: Identities): Promise<readonly (MadeQuic | null)[]> => {
  const { quic } = trace;
  if (!quic || !hasQuic(trace)) return [];
  const [{ loadQuicCrypto }, { MadeQuic: Connection }] = await Promise.all([
    import('../wire/quic/crypto/load.ts'),
    import('../wire/quic/make/bytes.ts'),
  ]);
  const crypto = await loadQuicCrypto();
  const { facts } = quicIndex(trace, quic);
  return trace.flows.map((flow, f) => {
    const about = facts[f];
    if (flow.quic === undefined || about === undefined) return null;
    const application = (side: 'client' | 'server', stream: number, offset: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      writeStream(trace, f, side === 'client', stream, offset, length, bytes, 0);
      return bytes;
    };
    return new Connection(flow.quic, about, crypto, application, identities);
  });
};

/**
 * Loads the cryptography and makes the handshakes of a simulated trace, so that its bytes can be asked for. Whoever
 * wants bytes awaits it once, at its door. A trace without TLS and QUIC, or a capture, needs nothing.
 */
export const prepareBytes = async (trace: Trace): Promise<void> => {
  if (!hasSecrets(trace) || known.has(trace)) return;
  const [{ loadCrypto }, { Identities: Known }] = await Promise.all([
    import('../wire/tls/crypto/load.ts'),
    import('../wire/tls/make/identity.ts'),
  ]);
  const identities = new Known(await loadCrypto(), trace.seed);
  const [tls, quic] = await Promise.all([tlsOf(trace, identities), quicOf(trace, identities)]);
  known.set(trace, { tls, quic });
};

/** Whether the bytes of this trace can be asked for. */
export const isPrepared = (trace: Trace): boolean => !hasSecrets(trace) || known.has(trace);

/** What the TLS of a flow sent; null where it has none over TCP, or it has not been made (`prepareBytes`). */
export const madeSession = (trace: Trace, flow: number): MadeSession | null => known.get(trace)?.tls[flow] ?? null;

/** What makes the packets of a flow of QUIC; null where it is none, or it has not been made (`prepareBytes`). */
export const madeQuic = (trace: Trace, flow: number): MadeQuic | null => known.get(trace)?.quic[flow] ?? null;

/**
 * Key log of a simulated trace: the secrets of all its connections, or of one flow. A replay has the client random of
 * what it repeats, and readers take the last line for a random: so replays stand first.
 */
export const keyLogOf = (trace: Trace, flow?: number): string => {
  const flows = flow === undefined ? trace.flows.map((_, f) => f) : [flow];
  const isReplay = (f: number): number => (trace.flows[f]?.tls?.copies === undefined ? 1 : 0);
  const lines = flows
    .toSorted((a, b) => isReplay(a) - isReplay(b))
    .flatMap((f) => madeSession(trace, f)?.keyLog ?? madeQuic(trace, f)?.keyLog ?? []);
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
};
