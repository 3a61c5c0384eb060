import type { Beat, Hidden } from '../scenario/beats.ts';
import { Cell } from './cell.ts';
import { firstPanels } from './address/state.ts';
import type { Orientation, PanelName, Palette, ThemeChoice } from './address/state.ts';
import type { Shown } from './parts.ts';
import type { Scene } from './Scene.ts';
import type { Way } from './way.ts';

/** What survives a reload beside the URL. Absent or broken storage is as good as empty. */
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

const nothing: readonly Hidden[] = [];
/** A scene made for one of these is nothing without it: it is shown over the viewer's choice. */
const telling: readonly PanelName[] = ['compare', 'matters'];

/** How the page looks: not what it shows. */
export class Display {
  readonly theme: Cell<ThemeChoice>;
  readonly panels = new Cell<readonly PanelName[]>(firstPanels);
  /** The figures that the scene itself would show. */
  #suggested: readonly PanelName[] = firstPanels;
  #chosen = false;
  readonly orientation = new Cell<Orientation>('auto');
  /** The way that the stage wants now: the choice, or what it has room for. */
  readonly wanted = new Cell<Way>('lying');
  /** What colours tell; undefined: what suits the run. */
  readonly palette = new Cell<Palette | undefined>(undefined);
  /** Single-character keys (WCAG 2.1.4): off when the viewer switched them off, and that is remembered. */
  readonly keys: Cell<boolean>;
  /** Only what a wiretap sees of TLS. */
  readonly observer = new Cell(false);
  /** Pure acknowledgements are drawn. */
  readonly acks = new Cell(true);

  /** What the present beat leaves out. */
  readonly hidden = new Cell<readonly Hidden[]>(nothing);

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
    if (next.length > 0) this.choose(next);
  }
  /** The viewer's choice, which holds until it is taken back with null: then the scene has its own. */
  choose(panels: readonly PanelName[] | null): void {
    this.#chosen = panels !== null;
    this.panels.set(panels ?? this.#suggested);
  }
  /**
   * Each scene brings its figures: its preset's, or `otherwise`. Where the same scene is only changed, the figures of the
   * beat that it is at stay. Returns how to end it.
   */
  follow(
    scene: Scene,
    otherwise: (shown: Shown | null) => readonly PanelName[] | undefined = () => undefined,
  ): () => void {
    let before: string | null | undefined;
    return scene.shown.subscribe((shown) => {
      const name = shown?.document?.preset ?? null;
      const panels = scene.preset(name ?? '')?.panels;
      const tells = telling.find((panel) => panels?.includes(panel));
      if (name !== before && tells && !this.panels.value.includes(tells)) this.choose(null);
      if (scene.beat.value < 0 || name !== before) this.suggest(panels ?? otherwise(shown));
      before = name;
    });
  }
  /** The figures that a scene is best told with. */
  suggest(panels: readonly PanelName[] = firstPanels): void {
    this.#suggested = panels;
    if (!this.#chosen) this.panels.set(panels);
  }
  /** What a beat shows, over the viewer's choice, and what it leaves out; without a beat nothing is left out. */
  dress(beat: Pick<Beat, 'show' | 'hide'> | undefined): void {
    this.hidden.set(beat?.hide ?? nothing);
    if (!beat?.show) return;
    this.#chosen = false;
    this.suggest(beat.show);
  }
  /** Shows what comes after the instant: the question is answered. */
  unveil(): void {
    this.hidden.set(this.hidden.value.filter((one) => one !== 'future'));
  }
  /** The viewer's choice; null where the scene has its own. */
  get chosen(): readonly PanelName[] | null {
    return this.#chosen ? this.panels.value : null;
  }
}

const readTheme = (text: string | null): ThemeChoice =>
  text === 'light' || text === 'dark' || text === 'print' ? text : 'auto';
