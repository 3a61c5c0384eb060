import type { Scenario } from '../../scenario/schema.ts';
import type { TraceHttp } from '../../trace/http.ts';
import type { TraceTls } from '../../trace/tls.ts';
import type { Trace } from '../../trace/types.ts';
import type { Places } from '../host/secure/places.ts';
import type { SecureLayer } from '../host/secure/flow.ts';
import type { AddHttpFlow } from './httpFlow.ts';
import type { QuicConnector } from './quicConnector.ts';
import type { AddQuicFlow } from './quicFlow.ts';
import type { quicTable } from './quicTable.ts';
import { run } from './run.ts';

/** What stands upon TCP in a scenario, and QUIC: loaded when a scenario first asks for it, so that TCP alone starts without it. */
export interface Layers {
  readonly tls: {
    readonly secureFlow: SecureLayer;
    readonly Places: typeof Places;
    readonly secureTable: (trace: Trace) => TraceTls;
  } | null;
  readonly http?: {
    readonly addHttpFlow: AddHttpFlow;
    readonly httpTable: (trace: Trace, places: typeof Places | null) => TraceHttp;
  } | null;
  readonly quic?: {
    readonly QuicConnector: typeof QuicConnector;
    readonly addQuicFlow: AddQuicFlow;
    readonly quicTable: typeof quicTable;
  } | null;
}

/** Loads what these scenarios need. */
export const layersFor = async (scenarios: readonly Scenario[]): Promise<Layers> => ({
  tls: scenarios.some((scenario) =>
    scenario.flows.some((flow) => flow.tls.version !== 'none' && flow.http.version !== '3'),
  )
    ? await import('./secureLayer.ts')
    : null,
  http: scenarios.some((scenario) => scenario.flows.some((flow) => flow.http.version !== 'none'))
    ? await import('./httpLayer.ts')
    : null,
  quic: scenarios.some((scenario) => scenario.flows.some((flow) => flow.http.version === '3'))
    ? await import('./quicLayer.ts')
    : null,
});

/** Loads what a scenario needs, and plays it. */
export const play = async (scenario: Scenario): Promise<Trace> => run(scenario, await layersFor([scenario]));
