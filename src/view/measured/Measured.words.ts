export const words = {
  play: 'Play it in the simulator',
  played: (name: string): string => `Simulated after ${name}. The run’s facts say what is modelled.`,
  back: 'Back to what was measured',
} as const;
