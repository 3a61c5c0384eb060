import type { Series, SeriesName } from '../../trace/types.ts';
import type { LayoutInput, SemanticId } from '../types.ts';

/** A series of the end of a flow that sends most: the server's where both have one. */
export const senderSeries = (input: LayoutInput, name: SeriesName, flow: number): Series | null => {
  const ends = input.trace.flows[flow];
  if (!ends) return null;
  const link = input.trace.links[input.index.busiestLink(flow)];
  const sender = link && link.from === ends.client.node ? ends.client.node : ends.server.node;
  return input.index.series(name, flow, sender) ?? input.index.series(name, flow);
};

export const idOf = (input: LayoutInput, series: Series): SemanticId => ({
  kind: 'series',
  trace: 0,
  index: input.trace.series.indexOf(series),
});
