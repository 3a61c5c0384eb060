export const words = {
  lose: (ms: string): string => `Lose what is on the wire at ${ms} ms, in all`,
  lost: (ms: string): string => `On the wire at ${ms} ms: lost in all`,
  back: 'Let it arrive',
} as const;
