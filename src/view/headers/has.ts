import { HttpKind } from '../../trace/http.ts';
import type { Trace } from '../../trace/types.ts';

/** HEADERS, in HTTP/2 and 3 (RFC 9113 §6.2, RFC 9114 §7.2.2). */
const HEADERS = 1;

/** Whether a trace has compressed headers to show: HTTP/2 or 3, simulated, or captured with its bytes. */
export const hasHeaders = ({ flows, http, captured }: Trace): boolean => {
  if (flows.some(({ http: session }) => session?.version === '2' || session?.version === '3')) return true;
  if (!http || !captured) return false;
  const { kind, type } = http.units;
  return kind.some((one, k) => one === HttpKind.Frame && type[k] === HEADERS);
};
