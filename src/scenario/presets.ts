import type { ScenarioInput } from './schema.ts';

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

export const presets: readonly Preset[] = [
  {
    name: 'one-lost-segment',
    tab: 'Loss',
    title: 'One lost segment',
    look: 'One packet of 692 is lost: everything behind it arrives, and waits 43 ms for its repair.',
    scenario: {
      roundtrip: 1,
      title: 'One lost segment',
      path: { rttMs: 40, mbps: 20, loss: [{ dir: 'down', data: [30] }] },
      flows: [{ name: 'page', requests: [{ id: 'all', requestBytes: 100, responseBytes: 1_000_000 }] }],
    },
    at: 186.4,
    from: 96,
    to: 262,
  },
];
