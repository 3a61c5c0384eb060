export const words = {
  refused: 'Not taken:',
  dismiss: 'OK',
} as const;
