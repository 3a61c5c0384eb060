import { clientLife, serverLife } from './machine.ts';
import type { LifeEvent } from './machine.ts';

/** A machine as a table, read once from its own definition: what runs is what is drawn, at the price of a look-up. */
export type LifeTable = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Definition {
  readonly states: Readonly<
    Record<
      string,
      {
        readonly transitions: ReadonlyMap<
          string,
          readonly { readonly target?: readonly { readonly key: string }[] | undefined }[]
        >;
      }
    >
  >;
}

const tableOf = (machine: Definition): LifeTable =>
  new Map(
    Object.entries(machine.states).map(([name, node]) => [
      name,
      new Map([...node.transitions].map(([event, [way]]) => [event, way?.target?.[0]?.key ?? name])),
    ]),
  );

export const lifeTables = { client: tableOf(clientLife), server: tableOf(serverLife) } as const;

/** The next state, or null where the event means nothing in this one. */
export const nextLife = (table: LifeTable, state: string, event: LifeEvent['type']): string | null =>
  table.get(state)?.get(event) ?? null;
