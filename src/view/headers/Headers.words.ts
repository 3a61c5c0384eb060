import type { CodedField } from '../../packet/http/tables.ts';
import { count } from '../numbers.ts';

export const words = {
  headers: 'Header tables',
  tab: 'Headers',
  none: 'No header was sent here yet: compression belongs to HTTP/2 and HTTP/3.',
  hidden: 'Headers and their tables are encrypted: an observer sees neither names nor values.',
  empty: 'No entry yet.',
  index: 'Index',
  field: 'Field',
  size: 'Size',
  by: 'By',
  onItsWay: 'on its way',
  direction: (from: string, to: string): string => `${from} → ${to}`,
  fill: (entries: number, size: number, capacity: number): string =>
    `${count(entries)} ${entries === 1 ? 'entry' : 'entries'}, ${count(size)} of ${count(capacity)} bytes`,
  gone: (n: number): string => `${count(n)} evicted`,
  block: (label: string): string => `How ${label} was coded`,
  saved: (bytes: number, plain: number): string =>
    `${count(bytes)} bytes instead of ${count(plain)}: ${String(Math.round((1 - bytes / Math.max(1, plain)) * 100))} % saved`,
} as const;

/** "indexed, static · 1 of 24 bytes". */
export const codedWords = ({ how, from, huffman, bytes, plain }: CodedField): string => {
  const name = from === 'text' ? '' : how === 'indexed' ? `, ${from}` : `, name ${from}`;
  return `${how}${name}${huffman ? ', Huffman' : ''} · ${count(bytes)} of ${count(plain)} bytes`;
};
