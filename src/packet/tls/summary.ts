import { EventKind } from '../../trace/types.ts';
import type { Trace } from '../../trace/types.ts';
import { alertSentence } from '../../wire/tls/alerts.ts';
import { alertName, suiteName, versionName } from '../../wire/tls/names.ts';

/** What a flow's TLS came to, in words for the command. */
export interface TlsSummary {
  readonly version: string | null;
  readonly suite: string | null;
  readonly serverName: string | null;
  readonly alpn: string | null;
  /** Null: not seen. */
  readonly resumed: boolean | null;
  readonly records: { readonly decrypted: number; readonly closed: number };
  /** Why some stay closed. */
  readonly why: readonly string[];
}

/** `{ tls }` of a captured flow; nothing where it carries none. */
export const tlsSummary = (trace: Trace, flow: number): { readonly tls?: TlsSummary } => {
  const found = trace.tls?.flows.find((t) => t.flow === flow);
  if (!found) return {};
  const { version, suite, serverName, alpn, resumed, closed, opened, why } = found;
  return {
    tls: {
      version: version === null ? null : versionName(version),
      suite: suite === null ? null : suiteName(suite),
      serverName,
      alpn,
      resumed,
      records: { decrypted: opened, closed: closed - opened },
      why,
    },
  };
};

const TLS13 = 0x0304;

/**
 * What a flow's TLS came to, as names and values for the page; empty where it has none. `observed`: without what
 * EncryptedExtensions tell (RFC 8446 §4.3.1): whether early data was taken, and the protocol that was chosen.
 */
export const tlsFacts = (trace: Trace, flow: number, observed = false): readonly (readonly [string, string])[] => {
  const found = trace.tls?.flows.find((t) => t.flow === flow);
  if (!found) return [];
  const facts: [string, string][] = [];
  const { version, suite, serverName, alpn, resumed, secured, closed, opened } = found;
  if (version !== null) facts.push(['Version', versionName(version)]);
  if (suite !== null) facts.push(['Cipher suite', suiteName(suite)]);
  if (resumed !== null) facts.push(['Resumed', resumed ? 'yes' : 'no']);
  const { events: e } = trace;
  for (let i = 0; i < trace.eventCount; i++) {
    if (e.flow[i] !== flow || e.node[i] !== trace.flows[flow]?.client.node) continue;
    if (e.kind[i] === EventKind.EarlyData && !observed)
      facts.push(['Early data', e.a[i] === 1 ? 'accepted' : 'rejected']);
  }
  if (serverName !== null) facts.push(['Server name (SNI)', serverName]);
  if (alpn !== null && !(observed && version === TLS13)) facts.push(['Protocol (ALPN)', alpn]);
  if (secured !== null) facts.push(['Encrypted from', `${(secured / 1e6).toFixed(1)} ms`]);
  if (closed > opened) facts.push(['Records not decrypted', `${String(closed - opened)} of ${String(closed)}`]);
  return facts;
};

/** Why TLS gave up, in a sentence: the first end that did; null where it did not. */
export const tlsFailure = (trace: Trace, flow: number): string | null => {
  const { events: e } = trace;
  for (let i = 0; i < trace.eventCount; i++) {
    if (e.kind[i] !== EventKind.TlsFailed || e.flow[i] !== flow) continue;
    const who = trace.nodes[e.node[i] as number]?.name ?? 'One end';
    const alert = e.a[i] as number;
    return `${who} gave up at ${((e.time[i] as number) / 1e6).toFixed(1)} ms with ${alertName(alert)}: ${alertSentence(alert)}`;
  }
  return null;
};
