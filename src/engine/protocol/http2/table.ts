import { streamMachine } from './machine.ts';
import type { StreamEvent } from './machine.ts';

/** The machine as a table, read once from its own definition: an actor a stream would cost more than it tells. */
const table: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(streamMachine.states).map(([name, node]) => [
    name,
    new Map([...node.transitions].map(([event, candidates]) => [event, candidates[0]?.target?.[0]?.key ?? name])),
  ]),
);

/** The next state; null: the event is not allowed in this one (RFC 9113 §5.1). */
export const nextStreamState = (state: string, event: StreamEvent['type']): string | null =>
  table.get(state)?.get(event) ?? null;
