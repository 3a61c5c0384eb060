/** Undo and redo as plain data: every function returns a new history. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** Edits with the same key in a row are one step (a slider that is dragged); null: the next edit is a step of its own. */
  readonly open: string | null;
}

/** How many steps are kept. */
const DEPTH = 200;

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], open: null });

/** Adds an edit; one with the key of the edit before it replaces that one. */
export const edit = <T>(history: History<T>, present: T, key: string | null = null): History<T> => {
  if (key !== null && key === history.open) return { ...history, present, future: [] };
  return { past: [...history.past, history.present].slice(-DEPTH), present, future: [], open: key };
};

/** Ends a coalesced edit: the slider was let go. */
export const seal = <T>(history: History<T>): History<T> =>
  history.open === null ? history : { ...history, open: null };

export const undo = <T>(history: History<T>): History<T> => {
  const previous = history.past.at(-1);
  if (previous === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: previous,
    future: [history.present, ...history.future],
    open: null,
  };
};

export const redo = <T>(history: History<T>): History<T> => {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, open: null };
};
