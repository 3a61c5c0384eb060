import type { BlockLayer } from '../../trace/query/streams/blockings.ts';
import { layerName } from '../../trace/query/streams/blockings.ts';
import type { Theme } from '../theme.ts';
import type { HatchPattern } from '../types.ts';

/** How a layer's waiting is drawn: colour and pattern both tell it, its name stands in the list below the lanes. */
export interface BlockLook {
  readonly name: string;
  /** For the end of a lane, where there is little room. */
  readonly short: string;
  readonly color: string;
  readonly pattern: HatchPattern;
  readonly spacing: number;
}

const shapes: Readonly<Record<BlockLayer, readonly [short: string, pattern: HatchPattern, spacing: number]>> = {
  tcp: ['TCP', 'slant', 7],
  tls: ['TLS', 'level', 4],
  quic: ['QUIC', 'back', 7],
  qpack: ['QPACK', 'cross', 7],
  flow: ['flow', 'upright', 6],
  order: ['order', 'grid', 7],
  connection: ['queued', 'dashes', 6],
};

const colorOf = (layer: BlockLayer, theme: Theme): string => {
  switch (layer) {
    case 'tcp':
    case 'quic':
      return theme.lost;
    case 'qpack':
      return theme.repair;
    case 'flow':
    case 'order':
      return theme.control;
    case 'tls':
    case 'connection':
      return theme.mute;
  }
};

export const blockLook = (layer: BlockLayer, theme: Theme): BlockLook => {
  const [short, pattern, spacing] = shapes[layer];
  return { name: layerName(layer), short, color: colorOf(layer, theme), pattern, spacing: spacing * theme.scale };
};
