import made from 'virtual:first-preset';
import type { Preset } from '../scenario/presets/types.ts';
import type { Scenario } from '../scenario/schema.ts';

/** The preset that the page opens with, its scenario checked and with its defaults: both were done while building. */
export const first = made as Preset & { readonly scenario: Scenario };
