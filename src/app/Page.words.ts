export const words = {
  drop: 'Drop a capture (pcap, pcapng) or a scenario (JSON): it stays in this browser.',
  opened: (name: string): string => `${name} is open; it stays in this browser.`,
  sheetOpen: 'Details',
  sheetClose: 'Close',
  nothing: 'Tap a packet',
  title: (name: string): string => (name === '' ? 'Roundtrip' : `${name} · Roundtrip`),
} as const;
