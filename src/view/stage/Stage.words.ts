export const words = {
  stage: 'Figures',
  walk: (title: string): string => `${title}: arrow keys walk the packets`,
  opening: 'Computing the first run…',
  playhead: 'Drag to move the playhead',
} as const;
