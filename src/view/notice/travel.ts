import type { Document } from '../../session/document.ts';
import type { History } from '../../session/history.ts';

/** A step through what was done, and the words of what it took back or did again. */
export interface Travel {
  readonly kind: 'undone' | 'redone';
  readonly did: string;
  /** Another run follows. */
  readonly runs: boolean;
}

/** How one history followed from another; null where something new was done, or nothing. */
export const travelOf = (before: History<Document> | null, after: History<Document> | null): Travel | null => {
  if (!before || !after || before === after) return null;
  const [from, to] = [before.present, after.present];
  const runs = from.scenario !== to.scenario || from.ghost !== to.ghost;
  if (to === before.past.at(-1) && after.future[0] === from) return { kind: 'undone', did: from.did, runs };
  if (to === before.future[0] && after.past.at(-1) === from) return { kind: 'redone', did: to.did, runs };
  return null;
};

const kinds = { undone: 'Undone', redone: 'Done again' } as const;

/** "Undone: #30 lost. Now done at 950.2 ms." */
export const travelWords = ({ kind, did }: Travel, outcome: string | null): string =>
  `${kinds[kind]}${did === '' ? '' : `: ${did}`}.${outcome === null ? '' : ` Now ${outcome}.`}`;
