export const words = {
  title: 'Where to begin',
  close: 'Close',
  tours: 'Tours',
  toursHint: 'One to three minutes each, from real runs. “Next” goes on; so do PageDown and a presenter’s remote.',
  tour: (title: string): string => title.replace(/^Tour: (.)/, (_, first: string) => first.toUpperCase()),
  /** To half a minute. */
  minutes: (beats: number, seconds: number): string => {
    const halves = Math.max(2, Math.round(seconds / 30));
    return `${String(beats)} stops, about ${String(halves / 2)} min`;
  },
  presets: 'Scenes',
  open: 'Open a capture',
  openHint: 'pcap, pcapng, qlog, HAR or a scenario. It stays in this browser.',
  last: 'Go on where you were',
  lastHint: 'the scene of your last visit',
  second: 'A second window for the audience',
  secondHint: 'It follows this one, without its controls.',
} as const;
