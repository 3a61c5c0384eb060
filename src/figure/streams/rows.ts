import { packetName } from '../../packet/label.ts';
import { isBlocked, blockLayers, blockedFor } from '../../trace/query/streams/blockings.ts';
import type { Blocking, BlockLayer } from '../../trace/query/streams/blockings.ts';
import type { StreamLane } from '../../trace/query/streams/lanes.ts';
import { NONE } from '../../trace/types.ts';
import type { Trace, TraceRequest } from '../../trace/types.ts';
import { duration } from '../format.ts';

/** One resource of the picture. */
export interface Row {
  readonly lane: StreamLane;
  readonly request: TraceRequest;
  readonly blocked: readonly Blocking[];
  /** Its box, px. */
  readonly top: number;
  readonly height: number;
}

export const nameOf = (request: TraceRequest | undefined): string => request?.path ?? request?.id ?? '';

/** "#20 of /r03": a packet, and whose bytes it carries where they are another's. */
const culprit = (trace: Trace, one: Blocking, withOwner: boolean): string => {
  if (one.packet !== NONE) {
    const packet = packetName(trace, one.packet);
    const owner = one.culprits[0];
    return withOwner && !one.own && owner !== undefined ? `${packet} of ${nameOf(trace.requests[owner])}` : packet;
  }
  const before = one.culprits[0];
  return before === undefined ? '' : nameOf(trace.requests[before]);
};

/** What a stretch of standing still is called, the longest words first. */
export const wordsOf = (trace: Trace, one: Blocking): string[] => {
  const time = duration(one.end - one.start);
  const what = culprit(trace, one, true);
  const brief = culprit(trace, one, false);
  const stands = isBlocked(one) ? 'waiting for' : 'stands still for';
  switch (one.layer) {
    case 'tcp':
    case 'quic':
      return [`${stands} ${what}, ${time}`, `${stands} ${brief}, ${time}`, `${brief}, ${time}`, time];
    case 'tls':
      return [`waiting for the rest of its record, ${time}`, `record, ${time}`];
    case 'qpack':
      return [`waiting for the QPACK table${what === '' ? '' : ` (${what})`}, ${time}`, `QPACK, ${time}`, time];
    case 'flow':
      return [`the receiver’s limit holds it, ${time}`, `limit, ${time}`, time];
    case 'order':
      return [`ready, waiting for ${what === '' ? 'its turn' : what}, ${time}`, `turn, ${time}`, time];
    case 'connection':
      return [`no free connection, ${time}`, time];
  }
};

/** The layers that blocked in `list`, and for how long, in their order. */
export const totals = (list: readonly Blocking[]): (readonly [layer: BlockLayer, ns: number])[] =>
  blockLayers.map(([layer]) => [layer, blockedFor(list, layer)] as const).filter(([, ns]) => ns > 0);
