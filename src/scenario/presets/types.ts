import type { ScenarioInput } from '../schema.ts';

/** A scenario with the place where it is worth opening. */
export interface Preset {
  /** Short name for the command and the URL. */
  readonly name: string;
  /** Group on the page. */
  readonly tab: 'Connect' | 'Loss' | 'Window' | 'Congestion' | 'Close';
  readonly title: string;
  /** One sentence: what to see. */
  readonly look: string;
  readonly scenario: ScenarioInput;
  /** The telling instant and the visible range, ms. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** Which data packet to select at the opening, 1-based within its direction, if any. */
  readonly select?: { readonly dir: 'up' | 'down'; readonly data: number };
}
