import type { Scenario, Touch } from '../../scenario/schema.ts';
import type { Trace } from '../../trace/types.ts';
import type { Layers } from '../network/layers.ts';
import { run } from '../network/run.ts';

/** What tells records and frames for the eye: nobody looks at a run of which only its end is wanted. */
const lean = (layers: Layers): Layers => ({
  tls: layers.tls && { ...layers.tls, secureTable: () => NO_TLS },
  http: layers.http && { ...layers.http, httpTable: (trace) => trace.http ?? NO_HTTP },
  quic: layers.quic && { ...layers.quic, quicTable: () => NO_QUIC },
});
const NO_TLS = {} as ReturnType<NonNullable<Layers['tls']>['secureTable']>;
const NO_HTTP = {} as ReturnType<NonNullable<NonNullable<Layers['http']>['httpTable']>>;
const NO_QUIC = {} as ReturnType<NonNullable<NonNullable<Layers['quic']>['quicTable']>>;

/** When the last answer was there, ns; Infinity where one never came whole. */
export const finishOf = ({ requests }: Pick<Trace, 'requests'>): number =>
  requests.reduce((last, { completion }) => Math.max(last, completion ?? Infinity), 0);

/** When all is done if each of these packets is touched, one at a time; in their order. */
export const finishes = (scenario: Scenario, touches: readonly Touch[], layers: Layers): Float64Array => {
  const { path } = scenario;
  const bare = lean(layers);
  return Float64Array.from(touches, (touch) =>
    finishOf(run(path ? { ...scenario, path: { ...path, touched: [...path.touched, touch] } } : scenario, bare)),
  );
};
