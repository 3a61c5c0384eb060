export const words = {
  transport: 'Playback',
  play: 'Play',
  pause: 'Pause',
  previous: 'Previous event',
  next: 'Next event',
  speed: 'Speed',
  loop: 'Loop the visible range',
  unloop: 'End the loop',
  playhead: 'Playhead',
  window: 'Drag to move the visible range',
  windowStart: 'Drag to set where the visible range begins',
  windowEnd: 'Drag to set where the visible range ends',
} as const;
