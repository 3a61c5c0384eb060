/** Connections of one flow that can be told apart. */
const MOST_CONNECTIONS = 65_536;

/** Name of the n-th connection of a flow, from 1: the first is called as the flow. */
export const connectionName = (flow: string, n: number): string => (n === 1 ? flow : `${flow} ${String(n)}`);

/**
 * By which number chance knows a connection: that of its flow for the first, one beyond all flows for the others, so that
 * it does not depend on which flow opened how many before.
 */
export const identityOf = (flow: number, n: number, flows: number): number =>
  n === 1 ? flow : flows + flow * MOST_CONNECTIONS + n;

/** The same by a connection's name; −1: there is none of that name. */
export const identityOfName = (name: string, flows: readonly string[]): number => {
  const exact = flows.indexOf(name);
  if (exact >= 0) return exact;
  const flow = flows.findIndex((one) => name.startsWith(`${one} `) && /^[0-9]+$/.test(name.slice(one.length + 1)));
  return flow < 0 ? -1 : identityOf(flow, Number(name.slice((flows[flow] as string).length + 1)), flows.length);
};
