import type { Trace } from '../../trace/types.ts';
import type { MadeSession } from '../../wire/tls/make/bytes.ts';
import { writeApplication } from '../payload.ts';

/** The made bytes of each flow of a trace; null for a flow without TLS. */
const sessions = new WeakMap<Trace, readonly (MadeSession | null)[]>();

const hasSecrets = (trace: Trace): boolean => trace.flows.some((flow) => flow.tls !== null);

/**
 * Loads the cryptography and makes the handshakes of a simulated trace, so that its bytes can be asked for. Whoever
 * wants bytes awaits it once, at its door. A trace without TLS, or a capture, needs nothing.
 */
export const prepareBytes = async (trace: Trace): Promise<void> => {
  if (!hasSecrets(trace) || sessions.has(trace)) return;
  const [{ loadCrypto }, { MadeSession: Made }, { Identities }] = await Promise.all([
    import('../../wire/tls/crypto/load.ts'),
    import('../../wire/tls/make/bytes.ts'),
    import('../../wire/tls/make/identity.ts'),
  ]);
  const crypto = await loadCrypto();
  const identities = new Identities(crypto, trace.seed);
  sessions.set(
    trace,
    trace.flows.map((flow, f) => {
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
      return new Made(flow.tls, crypto, application, null, identities);
    }),
  );
};

/** Whether the bytes of this trace can be asked for. */
export const isPrepared = (trace: Trace): boolean => !hasSecrets(trace) || sessions.has(trace);

/** What the TLS of a flow sent; null where it has none, or it has not been made (`prepareBytes`). */
export const madeSession = (trace: Trace, flow: number): MadeSession | null => sessions.get(trace)?.[flow] ?? null;

/**
 * Key log of a simulated trace: the secrets of all its connections, or of one flow. A replay has the client random of
 * what it repeats, and readers take the last line for a random: so replays stand first.
 */
export const keyLogOf = (trace: Trace, flow?: number): string => {
  const made = sessions.get(trace) ?? [];
  const flows = flow === undefined ? trace.flows.map((_, f) => f) : [flow];
  const isReplay = (f: number): number => (trace.flows[f]?.tls?.copies === undefined ? 1 : 0);
  const lines = flows.toSorted((a, b) => isReplay(a) - isReplay(b)).flatMap((f) => made[f]?.keyLog ?? []);
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
};
