import { telling, theme } from '../figure/theme.ts';
import type { Theme } from '../figure/theme.ts';
import { Cell } from '../session/cell.ts';
import type { Readable } from '../session/cell.ts';
import type { Display } from '../session/Display.ts';

/** The theme in force: the choice, else what the system asks for; print when the page is printed. Marks the root for CSS. */
export const themeInForce = (display: Display): Readable<Theme> => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  /** The system's own palette is in force: figures stand on its ground, not on a chosen one. */
  const forcedColours = matchMedia('(forced-colors: active)');
  const name = (): string => {
    const choice = forcedColours.matches ? 'auto' : display.theme.value;
    return choice === 'auto' ? (dark.matches ? 'dark' : 'light') : choice;
  };
  const dressed = (full: string): Theme => telling(theme(full), display.palette.value);
  const cell = new Cell<Theme>(dressed(name()));
  const apply = (other?: string): void => {
    const now = other ?? name();
    document.documentElement.dataset['theme'] = now;
    cell.set(dressed(now));
  };
  apply();
  for (const choice of [display.theme, display.palette])
    choice.subscribe(() => {
      apply();
    });
  for (const query of [dark, forcedColours])
    query.addEventListener('change', () => {
      apply();
    });
  addEventListener('beforeprint', () => {
    apply('print');
  });
  addEventListener('afterprint', () => {
    apply();
  });
  return cell;
};
