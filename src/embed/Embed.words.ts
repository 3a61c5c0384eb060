export const words = {
  scene: (title: string): string => `Roundtrip: ${title}`,
  play: 'Play',
  pause: 'Pause',
  next: 'Next beat',
  previous: 'Previous beat',
  of: (n: number, all: number): string => `${String(n)} of ${String(all)}`,
  open: 'Open in Roundtrip',
  refused: 'This scene could not be shown as asked:',
  opening: 'Computing…',
} as const;
