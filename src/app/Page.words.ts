export const words = {
  drop: 'Drop a capture (pcap, pcapng), a key log or a scenario (JSON): it stays in this browser.',
  sheetOpen: 'Details',
  sheetClose: 'Close',
  nothing: 'Tap a packet',
  title: (name: string): string => (name === '' ? 'Roundtrip' : `${name} · Roundtrip`),
} as const;
