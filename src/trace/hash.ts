import { ContentHash } from '../base/hash.ts';
import type { Trace } from './types.ts';

/**
 * Content hash of a trace: 16 hex digits, equal in Node and every browser for the same scenario. Covers every column,
 * series and name; not the captured bytes, which are input.
 */
export const traceHash = (trace: Trace): string => {
  const hash = new ContentHash();
  for (const columns of [trace.packets, trace.events, trace.deliveries, trace.spans]) {
    for (const name of Object.keys(columns).sort()) {
      hash.addText(name).add(columns[name as keyof typeof columns]);
    }
  }
  for (const series of trace.series) {
    hash
      .addText(`${series.name} ${String(series.node)} ${String(series.flow)}`)
      .add(series.time)
      .add(series.value);
  }
  hash
    .add(trace.optionWords)
    .addText(JSON.stringify([trace.nodes, trace.links, trace.flows, trace.requests, trace.labels]));
  return hash.hex();
};
