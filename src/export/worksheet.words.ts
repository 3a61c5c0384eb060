export const words = {
  scene: 'Scene',
  worksheet: 'worksheet',
  answers: 'answers',
  figure: 'The figure with gaps',
  solved: 'The figure with its labels',
  task: (gaps: number): string =>
    gaps === 0
      ? 'Describe what happens, from left to right.'
      : `Fill the ${gaps === 1 ? 'gap' : `${String(gaps)} gaps`}: what is sent, lost, waiting, and in which state are the ends?`,
} as const;
