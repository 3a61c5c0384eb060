export const words = {
  title: 'Keys',
  close: 'Close',
  switch: 'Single-character keys',
  switchHint: 'Off: only arrows, Home, End, Enter and Esc act. It is remembered.',
  more: [
    ['Ctrl Z', 'undo'],
    ['Ctrl Shift Z', 'redo'],
    ['Ctrl wheel', 'zoom'],
    ['Shift drag', 'on the scrubber: loop a range'],
    ['Tab', 'one stop for each figure; there ←/→ walk by time, ↑/↓ from lane to lane'],
  ],
  about:
    'Everything is computed in this browser: a capture that you open never leaves it. Simulated runs are modelled; times of a capture are measured, and what follows from them is inferred.',
} as const;
