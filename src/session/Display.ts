import { Cell } from './cell.ts';
import { firstPanels } from './address/state.ts';
import type { Orientation, PanelName, ThemeChoice } from './address/state.ts';

/** What survives a reload beside the URL. Absent or broken storage is as good as empty. */
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

/** How the page looks: not what it shows. */
export class Display {
  readonly theme: Cell<ThemeChoice>;
  readonly panels = new Cell<readonly PanelName[]>(firstPanels);
  readonly orientation = new Cell<Orientation>('auto');
  /** Single-character keys (WCAG 2.1.4): off when the viewer switched them off, and that is remembered. */
  readonly keys: Cell<boolean>;
  /** Pure acknowledgements are drawn. */
  readonly acks = new Cell(true);

  constructor(memory: Memory) {
    this.theme = new Cell(readTheme(memory.get('theme')));
    this.keys = new Cell(memory.get('keys') !== 'off');
    this.theme.subscribe((theme) => {
      memory.set('theme', theme);
    });
    this.keys.subscribe((on) => {
      memory.set('keys', on ? 'on' : 'off');
    });
  }

  toggle(panel: PanelName): void {
    const shown = this.panels.value;
    const next = shown.includes(panel) ? shown.filter((name) => name !== panel) : [...shown, panel];
    if (next.length > 0) this.panels.set(next);
  }
}

const readTheme = (text: string | null): ThemeChoice =>
  text === 'light' || text === 'dark' || text === 'print' ? text : 'auto';
