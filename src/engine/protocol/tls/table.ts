import { client12, guards12, server12 } from './machine12.ts';
import type { Context12, Event12 } from './machine12.ts';
import { client13, guards13, server13 } from './machine13.ts';
import type { Context13, Event13 } from './machine13.ts';

/** What both versions' guards look at, in one record. */
export type TlsContext = Context12 & Context13;
export type TlsEvent = (Event12 | Event13)['type'];

interface Way {
  readonly guard: ((context: TlsContext) => boolean) | null;
  readonly target: string;
}

/** A machine as a table, read once from its own definition: what runs is what is drawn, at the price of a look-up. */
export type TlsTable = ReadonlyMap<string, ReadonlyMap<string, readonly Way[]>>;

const guards: Readonly<Record<string, (context: TlsContext) => boolean>> = { ...guards12, ...guards13 };

/** The part of an XState machine that the table is made of. */
interface Definition {
  readonly states: Readonly<
    Record<
      string,
      {
        readonly transitions: ReadonlyMap<
          string,
          readonly { readonly guard?: unknown; readonly target?: readonly { readonly key: string }[] | undefined }[]
        >;
      }
    >
  >;
}

const tableOf = (machine: Definition): TlsTable =>
  new Map(
    Object.entries(machine.states).map(([name, node]) => [
      name,
      new Map(
        [...node.transitions].map(([event, candidates]) => [
          event,
          candidates.map(({ guard, target }) => ({
            guard: typeof guard === 'string' ? (guards[guard] ?? null) : null,
            target: target?.[0]?.key ?? name,
          })),
        ]),
      ),
    ]),
  );

export const tables = {
  client13: tableOf(client13),
  server13: tableOf(server13),
  client12: tableOf(client12),
  server12: tableOf(server12),
} as const;

/** The next state, or null where the event means nothing in this one. */
export const nextState = (table: TlsTable, state: string, event: TlsEvent, context: TlsContext): string | null => {
  for (const way of table.get(state)?.get(event) ?? []) if (way.guard?.(context) ?? true) return way.target;
  return null;
};
