import { afterAll, beforeAll } from 'vitest';
import { serve } from '../../scripts/serve.mjs';
import { root } from './paths.ts';

/** Addresses of the example pages. They stand in the project as a reader finds them: served with it. */
export const examples = (): ((path: string) => string) => {
  let site: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    site = await serve({ root });
  });
  afterAll(() => site.close());
  return (path) => new URL(`examples/${path}`, site.url).href;
};
