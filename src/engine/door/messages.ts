import type { Problem } from '../../base/result.ts';
import type { Scenario, Touch } from '../../scenario/schema.ts';
import type { NamedBytes } from '../../format/qlog/open.ts';
import type { Trace } from '../../trace/types.ts';

/** What the page asks of the worker. Scenarios are validated before they are sent. */
export type Request =
  | { readonly id: number; readonly type: 'run'; readonly scenarios: readonly Scenario[] }
  /** When all is done if each of these packets is touched, one run each; only that comes back. */
  | {
      readonly id: number;
      readonly type: 'finishes';
      readonly scenario: Scenario;
      readonly touches: readonly Touch[];
    }
  /** `keys`: text of key logs, beside the secrets that the file may hold. */
  | {
      readonly id: number;
      readonly type: 'open';
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly keys: string;
    }
  /** Logs of QUIC that may be of one connection. */
  | { readonly id: number; readonly type: 'logs'; readonly files: readonly NamedBytes[] };

/** What comes back: the traces in the order of the scenarios, by transferred buffers; or instants in ns, in the order of the touches. */
export type Reply =
  | { readonly id: number; readonly ok: true; readonly traces: readonly Trace[]; readonly finishes?: Float64Array }
  | { readonly id: number; readonly ok: false; readonly problems: readonly Problem[] };
