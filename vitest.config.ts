import { svelte } from '@sveltejs/vite-plugin-svelte';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const seconds = (n: number): number => n * 1000;

/** Five projects: plain Node, jsdom components, the real kernels' runs, the built page's weight, and real Chromium. */
export default defineConfig({
  test: {
    // One process: threads start faster than forks, and nothing here needs a process of its own.
    pool: 'threads',
    // Vitest leaves a core free unless it is told.
    maxWorkers: availableParallelism(),
    passWithNoTests: true,
    coverage: { provider: 'v8', include: ['src/**'] },
    projects: [
      {
        plugins: [svelte()],
        test: {
          name: 'unit',
          environment: 'node',
          // No test leaves anything behind in a module: each is loaded once for a worker's files, not once for each file.
          isolate: false,
          setupFiles: ['test/support/inside.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/view/**', 'test/app/**', 'test/conformance/**', 'test/journeys/**', 'test/build/**'],
          testTimeout: seconds(30),
        },
      },
      {
        plugins: [svelte()],
        // Without it Svelte's server build is taken, in which nothing mounts.
        resolve: { conditions: ['browser'] },
        test: {
          name: 'component',
          environment: 'jsdom',
          include: ['test/view/**/*.test.ts', 'test/app/**/*.test.ts'],
          setupFiles: ['test/support/component.ts', 'test/support/inside.ts'],
          testTimeout: seconds(20),
        },
      },
      {
        test: {
          name: 'conformance',
          environment: 'node',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: seconds(120),
        },
      },
      {
        test: {
          name: 'build',
          environment: 'node',
          include: ['test/build/**/*.test.ts'],
          globalSetup: ['test/support/built.ts'],
          testTimeout: seconds(30),
        },
      },
      {
        test: {
          name: 'journeys',
          environment: 'node',
          include: ['test/journeys/**/*.test.ts'],
          // A browser for all files of a worker: what it has compiled of the page once, it need not compile again.
          isolate: false,
          globalSetup: ['test/support/journeys.ts'],
          testTimeout: seconds(60),
          hookTimeout: seconds(60),
          // A browser on a busy machine is late now and then. A second failure is one; the report names what was tried twice.
          retry: 1,
          // What a page shows is waited for: it draws in frames, later than the key that asks.
          expect: { poll: { timeout: seconds(10) } },
        },
      },
    ],
  },
});
