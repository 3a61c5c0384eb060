export const words = {
  refused: 'Not taken:',
  dismiss: 'OK',
  newer: 'A newer version is here. The scene stays as it is; a capture has to be opened again.',
  take: 'Start it',
  later: 'Later',
} as const;
