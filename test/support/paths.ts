import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder, wherever the tests are started from. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
