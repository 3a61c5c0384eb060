import { Side } from '../capture/side.ts';
import type { Dissection } from '../capture/dissect.ts';
import type { Flow } from '../capture/flows.ts';
import type { Found } from './finder.ts';

/**
 * Makes a flow of each connection in place of its pairs of ends: several on one pair are several flows, and one that moved
 * is one. Returns the dissection with them, rows told so; `flowOf` gives the flow of each connection.
 */
export const connectFlows = (
  d: Dissection,
  found: readonly Found[],
): { readonly dissection: Dissection; readonly flowOf: ReadonlyMap<Found, Flow> } => {
  const onPath = new Map<number, Found[]>();
  const isMoved = new Set<number>();
  for (const one of found)
    for (const [n, { flow }] of one.paths.entries()) {
      if (n > 0) isMoved.add(flow);
      else onPath.set(flow, [...(onPath.get(flow) ?? []), one]);
    }
  const flows: Flow[] = [];
  const flowOf = new Map<Found, Flow>();
  const indexOf = new Int32Array(d.flows.length);
  for (const flow of d.flows) {
    const connections = onPath.get(flow.index);
    if (!connections) {
      if (isMoved.has(flow.index)) continue;
      indexOf[flow.index] = flows.length;
      flows.push({ ...flow, index: flows.length });
      continue;
    }
    for (const one of connections) {
      const isSame = one.paths[0]?.isClientFirst ?? true;
      const made: Flow = {
        ...flow,
        index: flows.length,
        client: isSame ? flow.client : flow.server,
        server: isSame ? flow.server : flow.client,
        clientPort: isSame ? flow.clientPort : flow.serverPort,
        serverPort: isSame ? flow.serverPort : flow.clientPort,
        up: new Side(),
        down: new Side(),
      };
      flows.push(made);
      flowOf.set(one, made);
    }
  }
  const c = d.rows.columns;
  for (let row = 0; row < d.rows.count; row++) c.flow[row] = indexOf[c.flow[row] as number] as number;
  for (const [{ connection }, { index }] of flowOf)
    for (const { row, up } of connection.packets) {
      c.flow[row] = index;
      c.upward[row] = up ? 1 : 0;
    }
  return { dissection: { ...d, flows }, flowOf };
};
