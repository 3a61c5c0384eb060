import type { Preset } from '../scenario/presets.ts';

/** Presets by their groups, what is asked for most first: a slide needs one of them. */
const groups: readonly (() => Promise<readonly Preset[]>)[] = [
  async () => (await import('../scenario/presets/loss.ts')).loss,
  async () => (await import('../scenario/presets/connect.ts')).connect,
  async () => (await import('../scenario/presets/window.ts')).windows,
  async () => (await import('../scenario/presets/congestion.ts')).congestion,
  async () => (await import('../scenario/presets/close.ts')).close,
  async () => (await import('../scenario/tours/index.ts')).tours,
  async () => (await import('../scenario/presets/tls.ts')).tls,
  async () => (await import('../scenario/presets/http.ts')).http,
  async () => (await import('../scenario/presets/pages.ts')).pages,
  async () => (await import('../scenario/presets/quic.ts')).quic,
];

/** The presets and tours of as many groups as are needed to find this name; all, where none has it. */
export const presetsFor = async (name: string): Promise<readonly Preset[]> => {
  const found: Preset[] = [];
  for (const load of groups) {
    found.push(...(await load()));
    if (found.some((preset) => preset.name === name)) break;
  }
  return found;
};
