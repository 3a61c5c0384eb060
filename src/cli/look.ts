import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { liesAlways, panelNames, wayOf } from '../export/view.ts';
import type { Way } from '../export/view.ts';
import { telling, theme, themes } from '../figure/theme.ts';
import type { Tells, Theme } from '../figure/theme.ts';
import type { Args } from './args.ts';

/** How a picture is to look. */
export interface Look {
  readonly theme: Theme;
  /** Absent: what suits the run. */
  readonly palette?: Tells;
  /** Absent: as the scene opens. */
  readonly way?: Way;
}

export const lookOptions = { '--theme': 'T', '--palette': 'kind|stream|outcome', '--orientation': 'lying|upright' };

const oneOf = <T extends string>(name: string, text: string | undefined, allowed: readonly T[]): Result<T | null> => {
  if (text === undefined) return ok(null);
  const found = allowed.find((one) => one === text);
  return found === undefined
    ? fail({ where: '', what: `${name} takes one of ${allowed.join(', ')}, not "${text}"` })
    : ok(found);
};

/** What `--theme`, `--palette` and `--orientation` say. */
export const parseLook = ({ options }: Args): Result<Look> => {
  const name = options.get('--theme') ?? 'light';
  if (!themes.has(name))
    return fail({ where: '', what: `there is no theme "${name}"; the themes: ${[...themes.keys()].join(', ')}` });
  const palette = oneOf('--palette', options.get('--palette'), ['kind', 'stream', 'outcome']);
  if (!palette.ok) return palette;
  const way = oneOf('--orientation', options.get('--orientation'), ['lying', 'upright']);
  if (!way.ok) return way;
  return ok({
    theme: telling(theme(name), palette.value ?? undefined),
    ...(palette.value !== null && { palette: palette.value }),
    ...(way.value !== null && { way: way.value }),
  });
};

/** Figures of the command alone that have no upright form. */
const LYING = ['overview'];

/** The first of these figures that keeps the picture lying; null where it can stand. */
export const keepsLying = (figures: readonly string[]): string | null =>
  figures.find((figure) => {
    const panel = panelNames.find((name) => name === figure);
    if (panel === undefined) return LYING.includes(figure);
    return figures.length === 1 ? liesAlways(panel) : wayOf('upright', ['sequence', panel]) === 'lying';
  }) ?? null;
