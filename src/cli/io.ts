import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

/** Where a call's words go: standard output and error, and whether the latter is a terminal. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
}

/** How a call ended: the exit code, with its one line for people where it did not succeed. */
export type Outcome =
  | { readonly code: 0 }
  /** It could not be done. */
  | { readonly code: 1; readonly line: string }
  /** The call's words are off. */
  | { readonly code: 2; readonly line: string };

export const done: Outcome = { code: 0 };
export const failed = (line: string): Outcome => ({ code: 1, line });
export const misused = (line: string): Outcome => ({ code: 2, line });

/** Says on a terminal what takes its time; the function that it gives wipes the line away. */
export const progress = (io: Io, what: string): (() => void) => {
  if (!io.isTerminal) return () => undefined;
  io.err(`${what} …`);
  return () => {
    io.err('\r\u001b[K');
  };
};

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

const reason = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message.split('\n')[0] : String(error)) ?? code;
};

/** The bytes of a file. */
export const readBytes = (path: string): Result<Uint8Array> => {
  try {
    return ok(readFileSync(path));
  } catch (error) {
    return fail({ where: path, what: `cannot be read: ${reason(error)}` });
  }
};

/** Makes a folder and those above it, one by one: Node's own `recursive` never ends where the system refuses with "not found". */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
};

/** Writes a file, its folder too. */
export const writeFile = (path: string, content: Uint8Array | string): Result<null> => {
  try {
    makeFolder(dirname(path));
    writeFileSync(path, content);
    return ok(null);
  } catch (error) {
    return fail({ where: path, what: `cannot be written: ${reason(error)}` });
  }
};
