import type { Chart } from './types.ts';

/** A grid of the eleven states of TCP (RFC 9293 §3.3.2, figure 5), set by hand: opening above, closing below, active close left. */
export const tcpPlaces: Readonly<Record<string, readonly [number, number]>> = {
  CLOSED: [1, 0],
  LISTEN: [0, 1],
  'SYN-SENT': [2, 1],
  'SYN-RECEIVED': [0, 2],
  ESTABLISHED: [1, 3],
  'FIN-WAIT-1': [0, 4],
  'CLOSE-WAIT': [2, 4],
  'FIN-WAIT-2': [0, 5],
  CLOSING: [1, 5],
  'LAST-ACK': [2, 5],
  'TIME-WAIT': [1, 6],
};

/** Column and row of each state: its own, TCP's by name, or by distance from the initial one. */
export const places = (chart: Chart): Map<string, readonly [number, number]> => {
  if (chart.states.every((state) => state.at)) {
    return new Map(chart.states.map((state) => [state.name, state.at as readonly [number, number]]));
  }
  if (chart.states.every((state) => tcpPlaces[state.name])) {
    return new Map(chart.states.map((state) => [state.name, tcpPlaces[state.name] as readonly [number, number]]));
  }
  return layered(chart);
};

/** Rows by the fewest steps from the initial state; within a row, centred, in the order in which states are named. */
const layered = (chart: Chart): Map<string, readonly [number, number]> => {
  const depth = new Map<string, number>([[chart.initial, 0]]);
  for (const [name, steps] of depth) {
    for (const edge of chart.edges) if (edge.from === name && !depth.has(edge.to)) depth.set(edge.to, steps + 1);
  }
  const deepest = Math.max(0, ...depth.values());
  const rows = new Map<number, string[]>();
  for (const { name } of chart.states) {
    const row = depth.get(name) ?? deepest + 1;
    const list = rows.get(row);
    if (list) list.push(name);
    else rows.set(row, [name]);
  }
  const widest = Math.max(1, ...[...rows.values()].map((list) => list.length));
  const result = new Map<string, readonly [number, number]>();
  for (const [row, list] of rows) {
    list.forEach((name, k) => result.set(name, [k + (widest - list.length) / 2, row]));
  }
  return result;
};
