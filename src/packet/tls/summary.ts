import type { Trace } from '../../trace/types.ts';
import { suiteName, versionName } from '../../wire/tls/names.ts';

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
