import type { LayoutInput } from './types.ts';
/** One paragraph on what is to be seen in the visible range. */
export const rangeSummary = (_input: LayoutInput): string => '';
