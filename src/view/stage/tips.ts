/** What a mouse is told, loaded when one first points at a figure. */
export { tipAt } from '../../figure/tip.ts';
export { default as Tip } from './Tip.svelte';
