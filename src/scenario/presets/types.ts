import type { ScenarioInput } from '../schema.ts';

/** Figures of the page, by the names that its address has for them. */
export type PresetPanel =
  | 'sequence'
  | 'window'
  | 'throughput'
  | 'rtt'
  | 'queue'
  | 'timesequence'
  | 'compare'
  | 'keys'
  | 'waterfall'
  | 'streams'
  | 'matters';

/** A scenario with the place where it is worth opening. */
export interface Preset {
  /** Short name for the command and the URL. */
  readonly name: string;
  /** Group on the page. */
  readonly tab: 'Connect' | 'Loss' | 'Window' | 'Congestion' | 'Close' | 'TLS' | 'HTTP' | 'QUIC' | 'Tours';
  readonly title: string;
  /** One sentence: what to see. */
  readonly look: string;
  readonly scenario: ScenarioInput;
  /** The telling instant and the visible range, ms. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** The figures that tell it; absent: sequence, window and rate. */
  readonly panels?: readonly PresetPanel[];
  /** Which data packet to select at the opening, 1-based within its direction, if any. */
  readonly select?: { readonly dir: 'up' | 'down'; readonly data: number };
}
