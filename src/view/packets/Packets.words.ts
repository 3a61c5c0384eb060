import { counted } from '../numbers.ts';

export const words = {
  packets: 'Packets',
  filter: 'Filter the packets',
  hint: 'lost, again, data, ack, #30 …',
  clear: 'Clear the filter',
  time: 'ms',
  direction: 'Way',
  packet: 'Packet',
  effect: 'Effect',
  state: 'State',
  found: (n: number, filtered: boolean): string => (filtered ? `${counted(n, 'packet')} match` : counted(n, 'packet')),
  lost: 'lost',
  queueFull: 'lost, queue full',
  dropped: 'dropped by you',
  inferred: 'lost (inferred)',
  underway: 'on its way',
  bytes: (n: string): string => `${n} bytes`,
  arrives: (ms: string): string => `arrives ${ms}`,
  waits: (ms: string): string => `arrives ${ms}, waits`,
  bigger: 'Larger list',
  smaller: 'Smaller list',
} as const;
