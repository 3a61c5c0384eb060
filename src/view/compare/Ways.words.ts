import type { WayKind } from '../../scenario/wayKinds.ts';

export const words = {
  compare: 'Compare',
  kinds: {
    versions: 'HTTP versions',
    handshakes: 'handshakes',
    best: 'best of each',
  } satisfies Record<WayKind, string>,
} as const;
