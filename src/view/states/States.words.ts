export const words = {
  states: 'States',
  views: 'List or states',
  chart: (end: string): string => `States of the ${end.toLowerCase()}`,
  tlsChart: (end: string): string => `TLS of the ${end.toLowerCase()}`,
  now: (end: string, state: string): string => `${end}: ${state}`,
  none: 'This capture shows no connection whose states could be inferred.',
  // RFC 9001 §5: what moves the states is encrypted.
  unseen: 'What moves the states of QUIC is encrypted: an observer cannot follow them.',
  inferred: 'States inferred from the packets.',
  pick: (state: string, end: string): string => `Packets that the ${end.toLowerCase()} sent in ${state}`,
} as const;
