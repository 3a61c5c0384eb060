import type { Beside } from './door.ts';

/**
 * Where the files beside the ES module lie: none before it is built. scripts/embed.mjs puts a module in the place of this
 * one that names each as `new URL('…', import.meta.url)`: so a bundler that puts the library into a script of its own
 * takes the files along.
 */
export const beside: Beside | null = null;
