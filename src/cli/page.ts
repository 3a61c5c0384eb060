import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { base64 } from '../export/fonts.ts';
import { savedByAddress } from '../export/savedFile.ts';
import { standalonePage } from '../export/savedScene.ts';
import type { PanelName } from '../export/view.ts';
import { readBytes } from './io.ts';
import type { Look } from './look.ts';
import type { Loaded, Place } from './poster.ts';

/** The page in one file, without a scene in it, as the build left it. */
const template = (): Result<string> => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('roundtrip-lab/package.json')), 'dist', 'assets');
  try {
    const name = readdirSync(folder).find((one) => /^standalone.*\.html$/.test(one));
    if (name !== undefined) return ok(readFileSync(join(folder, name), 'utf8'));
  } catch {
    // No such folder: nothing was built.
  }
  return fail({ where: '', what: 'the page that would stand alone is not built; npm run build makes it' });
};

/** How the page opens; absent: as the scene does. */
export interface PageLook extends Place {
  readonly panels?: readonly PanelName[];
  readonly theme?: 'light' | 'dark' | 'print';
  readonly palette?: Look['palette'];
  readonly way?: Look['way'];
}

/** A scene or capture as one HTML file that works from disk without a network. `operand`: what it was loaded from. */
export const pageFile = async (
  operand: string,
  { trace, preset, scenario }: Loaded,
  { at, from, to, panels, theme, palette, way }: PageLook,
): Promise<Result<string>> => {
  const shell = template();
  if (!shell.ok) return shell;
  const title = trace.title;
  if (scenario === null) {
    const bytes = readBytes(operand);
    if (!bytes.ok) return bytes;
    const saved = { roundtripPage: 1, name: basename(operand), capture: base64(bytes.value) } as const;
    return ok(standalonePage(shell.value, saved, title, ''));
  }
  const saved = await savedByAddress({
    preset: preset?.name ?? null,
    scenario,
    ...(panels && { panels }),
    ...(at !== undefined && { time: at }),
    ...(from !== undefined && to !== undefined && { range: { from, to } }),
    ...(theme && { theme }),
    ...(palette && { palette }),
    ...(way && { way }),
  });
  return ok(standalonePage(shell.value, saved, title, preset?.look ?? ''));
};
