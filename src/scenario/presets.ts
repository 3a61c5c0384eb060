import { close } from './presets/close.ts';
import { congestion } from './presets/congestion.ts';
import { connect } from './presets/connect.ts';
import { loss } from './presets/loss.ts';
import { windows } from './presets/window.ts';
import { http } from './presets/http.ts';
import { pages } from './presets/pages.ts';
import { quic } from './presets/quic.ts';
import { tls } from './presets/tls.ts';
import type { Preset } from './presets/types.ts';

export type { Preset } from './presets/types.ts';

export { FIRST_PRESET } from './firstPreset.ts';

/** All presets, in order of the page's groups. */
export const presets: readonly Preset[] = [
  ...connect,
  ...loss,
  ...windows,
  ...congestion,
  ...close,
  ...tls,
  ...http,
  ...pages,
  ...quic,
];
