/** What the inspector loads when it first opens: every encoder and field map. */
export { packetFrame } from '../../packet/bytes.ts';
export { packetCut } from '../../packet/http/cut.ts';
export { packetLayers } from '../../packet/layers.ts';
export { observed } from '../../packet/tls/observer.ts';
export { prepareBytes } from '../../packet/made.ts';
