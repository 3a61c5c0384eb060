import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { filledBench } from '../../stories/support/bench.ts';
import type { Bench } from '../../src/view/context.ts';
import Stand from './Stand.svelte';

/** jsdom has no media queries and no canvas: pages ask, and draw nothing. */
globalThis.matchMedia ??= (query: string): MediaQueryList =>
  ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as never;
HTMLCanvasElement.prototype.getContext = () => null;
/** Nor does it scroll. */
Element.prototype.scrollIntoView = () => undefined;

/** A component whose properties are checked where it stands, not here. */
export const any = (component: unknown): Component<Record<string, unknown>> =>
  component as Component<Record<string, unknown>>;

/** A component on a bench with the small transfer, its repair chosen. */
export const onBench = async (
  component: Component<Record<string, unknown>>,
  props: Record<string, unknown> = {},
  prepare: (bench: Bench) => void | Promise<void> = () => undefined,
): Promise<{ container: HTMLElement; bench: Bench }> => {
  const bench = await filledBench();
  await prepare(bench);
  return { container: render(Stand, { props: { bench, component, props } }).container, bench };
};
