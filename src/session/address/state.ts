import type { Nanos } from '../../base/time.ts';
import { panelNames } from '../../scenario/panels.ts';
import type { PanelName } from '../../scenario/panels.ts';
import type { WayKind } from '../../scenario/wayKinds.ts';
import type { Range } from '../range.ts';
import type { PacketIdentity } from '../identity.ts';
import type { Strike } from '../strike.ts';
import type { Json } from './patch.ts';

export type ThemeChoice = 'auto' | 'light' | 'dark' | 'print';
/** What colours tell: what a packet is, which connection it belongs to, or what became of it. */
export type Palette = 'kind' | 'stream' | 'outcome';
export type Orientation = 'auto' | 'lying' | 'upright';

export { panelNames };
export type { PanelName };
export const firstPanels: readonly PanelName[] = ['sequence', 'window', 'throughput'];

/** The other future that is drawn faint: none, the run without loss, the run before the last touch, or any scenario. */
export type Reference =
  { readonly kind: 'none' | 'lossless' | 'untouched' } | { readonly kind: 'scenario'; readonly patch: Json };

/** The path in short: round-trip time in ms, Mbit/s, and which data packets from the server are lost, or what part of them. */
export interface Knobs {
  readonly rttMs?: number;
  readonly mbps?: number;
  readonly loss?: readonly number[] | { readonly rate: number };
}

/** How a scene behaves inside somebody else's page. */
export interface EmbedState {
  /** What stands around the figures: sentence and controls, the sentence alone, or nothing. */
  readonly chrome?: 'full' | 'sentence' | 'none';
  /** Single-character keys and paging work while the scene has the focus; else they are the deck's. */
  readonly keys?: 'off' | 'focus';
  /** Play when it comes into sight. */
  readonly autoplay?: boolean;
  /** Begin anew when it comes into sight again. */
  readonly reset?: boolean;
  /** none: the slide shows through. */
  readonly ground?: 'paper' | 'none';
  /** Type for a stage: half as large again, fewer words. */
  readonly type?: 'page' | 'stage';
  /** The beat whose picture stands on paper, from 0; absent: what is seen, and of a deck every beat. */
  readonly poster?: number;
  readonly palette?: Palette;
}

/** Everything that a URL holds. Absent: as the preset has it, or the default. */
export interface AddressState {
  readonly preset?: string;
  /** Merge patch on the preset, or the whole scenario where there is no preset. */
  readonly patch?: Json;
  readonly time?: Nanos;
  readonly range?: Range;
  readonly speed?: number;
  readonly loop?: Range;
  readonly selection?: PacketIdentity;
  readonly theme?: ThemeChoice;
  readonly panels?: readonly PanelName[];
  readonly orientation?: Orientation;
  /** false: long idle time is not cut out of the axis. */
  readonly cutting?: boolean;
  readonly reference?: Reference;
  /** What a hand writes into a link, over the scenario; the page writes it as a patch. */
  readonly knobs?: Knobs;
  /** Beats where they are not those of the preset; unchecked. */
  readonly beats?: Json;
  /** The beat that the scene is at, from 0. */
  readonly beat?: number;
  readonly embed?: EmbedState;
  /** Runs by other ways are compared: their figure is added. */
  readonly compare?: boolean;
  /** What they are compared by; absent: as the scenario has it. */
  readonly ways?: WayKind;
  /** One loss in each of them. */
  readonly strike?: Strike;
  /** Only what a wiretap sees. */
  readonly observer?: boolean;
}

/** Version of the form; older ones stay readable. */
export const VERSION = 1;
