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
  bigger: 'Larger list',
  smaller: 'Smaller list',
} as const;
