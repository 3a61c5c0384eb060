/** What the menus hold, loaded when one is first opened. */
export { default as ExportItems } from './ExportItems.svelte';
export { default as FiguresItems } from './FiguresItems.svelte';
export { default as SharePanel } from './SharePanel.svelte';
export { default as ThemeItems } from './ThemeItems.svelte';
