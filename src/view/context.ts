import { getContext, setContext } from 'svelte';
import type { Chart } from '../figure/statechart/types.ts';
import type { Theme } from '../figure/theme.ts';
import type { Readable } from '../session/cell.ts';
import type { Display } from '../session/Display.ts';
import type { Frames } from '../session/frames.ts';
import type { Losses } from '../session/matters.ts';
import type { Scene } from '../session/Scene.ts';

/** Files that the page makes of what it shows. */
export type ExportKind =
  'svg' | 'png' | 'slide' | 'print' | 'film' | 'pptx' | 'html' | 'worksheet' | 'json' | 'pcapng' | 'qlog' | 'markdown';

/** A scene inside another page. */
export interface Guest {
  /** Single-character keys and paging work while the scene has the focus; else they are the deck's. */
  readonly keys: 'off' | 'focus';
}

/** What every component of a scene may use. */
export interface Bench {
  readonly scene: Scene;
  readonly display: Display;
  readonly frames: Frames;
  /** What the loss of each packet would cost; absent: nobody tries. */
  readonly losses?: Readable<Losses | null>;
  /** The theme in force: the choice, or what the system asks for. */
  readonly theme: Readable<Theme>;
  /** The scene stands in somebody else's page: what of that page's the figures leave alone. Absent: the page is ours. */
  readonly guest?: Guest;
  /** A newer build of the page waits: starts the page again with it. Null, absent: none. */
  readonly newer?: Readable<(() => void) | null>;
  /** The states of a TCP connection and its edges, read from the machine that runs; loaded when first asked for. */
  readonly chart: () => Promise<Chart>;
  /** The same of one end of a TLS handshake. */
  readonly tlsChart: (is13: boolean, end: 'client' | 'server') => Promise<Chart>;
}

const KEY = Symbol('bench');
export const setBench = (bench: Bench): Bench => setContext(KEY, bench);
export const getBench = (): Bench => getContext<Bench>(KEY);
