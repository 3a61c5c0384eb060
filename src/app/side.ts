/** The panel beside the stage, loaded after the first picture was asked for. */
export { default as Inspector } from '../view/inspector/Inspector.svelte';
export { default as PathControls } from '../view/controls/PathControls.svelte';
export { default as LiveRegion } from '../view/notice/LiveRegion.svelte';
export { default as Notice } from '../view/notice/Notice.svelte';
export { dropOrRevive } from '../view/inspector/acts.ts';
export { bindingFor } from '../view/keys.ts';
export { default as PacketPanel } from '../view/packets/PacketPanel.svelte';
