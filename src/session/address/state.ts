import type { Nanos } from '../../base/time.ts';
import type { Range } from '../range.ts';
import type { PacketIdentity } from '../identity.ts';
import type { Json } from './patch.ts';

export type ThemeChoice = 'auto' | 'light' | 'dark' | 'print';
export type Orientation = 'auto' | 'lying' | 'upright';

/** Figures that can stand on the stage, in their order from the top. */
export const panelNames = [
  'sequence',
  'matters',
  'window',
  'throughput',
  'rtt',
  'queue',
  'timesequence',
  'compare',
  'keys',
  'waterfall',
  'streams',
] as const;
export type PanelName = (typeof panelNames)[number];
export const firstPanels: readonly PanelName[] = ['sequence', 'window', 'throughput'];

/** The other future that is drawn faint: none, the run without loss, the run before the last touch, or any scenario. */
export type Reference =
  { readonly kind: 'none' | 'lossless' | 'untouched' } | { readonly kind: 'scenario'; readonly patch: Json };

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
  /** Only what a wiretap sees. */
  readonly observer?: boolean;
}

/** Version of the form; older ones stay readable. */
export const VERSION = 1;
