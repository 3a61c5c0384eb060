export const words = {
  drop: 'Drop a capture (pcap, pcapng, qlog), a key log, a page load (HAR) or a scenario: it stays in this browser.',
  sheetOpen: 'Details',
  sheetClose: 'Close',
  unfold: 'Change the path',
  fold: 'Hide the path’s controls',
  nothing: 'Tap a packet',
  title: (name: string): string => (name === '' ? 'Roundtrip' : `${name} · Roundtrip`),
} as const;
