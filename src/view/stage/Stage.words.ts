import type { Shown } from '../../session/Scene.ts';

export const words = {
  stage: 'Figures',
  walk: (title: string): string => `${title}: arrow keys walk the packets`,
  opening: 'Computing the first run…',
  playhead: 'Drag to move the playhead',
  veiled: 'What comes next is hidden until the question is answered.',
} as const;

/** What the other future is called beside its curve. */
export const ghostName = ({ document }: Shown): string =>
  document?.ghost.kind === 'lossless' ? 'without loss' : 'before';
