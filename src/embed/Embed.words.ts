export const words = {
  scene: (title: string): string => `Roundtrip: ${title}`,
  play: 'Play',
  pause: 'Pause',
  next: 'Next beat',
  previous: 'Previous beat',
  of: (n: number, all: number): string => `${String(n)} of ${String(all)}`,
  open: 'Open in Roundtrip',
  unread: (address: string): string => `“${address}” could not be read; check the address`,
  incomplete: (why: string): string =>
    `A part of the library could not be loaded (${why}); copy its folder as a whole.`,
  refused: 'This scene could not be shown as asked:',
  opening: 'Computing…',
} as const;
