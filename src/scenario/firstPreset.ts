/** The preset that the page opens with. */
export const FIRST_PRESET = 'one-lost-segment';
