/** A problem said for a person: where it is, what was found, what to do. */
export interface Problem {
  /** A key path (`path.loss[0].rate`), a byte offset (`byte 24`), a URL key. */
  readonly where: string;
  /** One sentence: what was found and what is allowed, and the remedy where there is one. */
  readonly what: string;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = <T>(...problems: readonly Problem[]): Result<T> => ({ ok: false, problems });
/** The problems as one line. */
export const explain = (problems: readonly Problem[]): string =>
  problems.map((p) => (p.where === '' ? p.what : `${p.where}: ${p.what}`)).join(' · ');
