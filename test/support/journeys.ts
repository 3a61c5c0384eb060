import type { TestProject } from 'vitest/node';
import { servePage } from '../../scripts/page.mjs';
import build from './built.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built page is served, with a slash at its end. */
    page: string;
  }
}

/** Builds the page and the library beside it, and serves the page, once for all journeys. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await build();
  const { url, close } = await servePage();
  project.provide('page', url);
  return close;
}
