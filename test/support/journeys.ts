import type { TestProject } from 'vitest/node';
import { buildPage, servePage } from '../../scripts/page.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built page is served, with a slash at its end. */
    page: string;
  }
}

/** Builds and serves the page once for all journeys. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildPage();
  const { url, close } = await servePage();
  project.provide('page', url);
  return close;
}
