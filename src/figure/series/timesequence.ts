import type { Figure, Layout } from '../types.ts';
import { noHits, Panel } from './panel.ts';
export const timeSequence: Layout = (input): Figure =>
  new Panel(input, 'timesequence', 'Time–sequence graph', 'Bytes', 'sent').finish(noHits, '');
