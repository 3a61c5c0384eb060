/** Beats on the page, loaded when a scene has some or the viewer keeps one. */
export { default as BeatStrip } from './BeatStrip.svelte';
export { default as Saying } from './Saying.svelte';
export { actOn } from './beatsOf.ts';
