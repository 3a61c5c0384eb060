import type { Preset } from '../presets/types.ts';
import { httpTours } from './http.ts';
import { tcpTours } from './tcp.ts';
import { tlsTours } from './tls.ts';

/** Tours of one to three minutes, each a real run with its beats, in the order in which they build on each other. */
export const tours: readonly Preset[] = [...tcpTours, ...tlsTours, ...httpTours];
