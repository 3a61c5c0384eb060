import { NS_PER_MS, toMs } from '../base/time.ts';
import type { Nanos } from '../base/time.ts';

/** Decimals of the instants that are shown: as fine as a tenth of a px of the visible range, from 0.1 ms on. */
export const decimalsFor = (span: number): number => {
  const ms = span / NS_PER_MS;
  return ms >= 20 ? 1 : ms >= 2 ? 2 : 3;
};

const groups = /\B(?=(\d{3})+$)/g;

/** "186.4", "12,345.6"; minus as U+2212. */
export const msText = (time: Nanos, decimals = 1): string => {
  const [whole = '0', part] = Math.abs(toMs(time)).toFixed(decimals).split('.');
  return `${time < 0 ? '−' : ''}${whole.replace(groups, ',')}${part === undefined ? '' : `.${part}`}`;
};

/** "1,500". */
export const count = (value: number): string => String(value).replace(groups, ',');

/** "1 packet", "3 packets". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** "1 MB", "20 kB", "100 B". */
export const sizeText = (bytes: number): string => {
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${String(Number((bytes / size).toPrecision(3)))} ${unit}`;
  }
  return `${String(bytes)} B`;
};

/** The time unit that ←/→ step by: the largest power of ten ns of which the visible range has a hundred or more. */
export const unitOf = (span: number): Nanos => (10 ** Math.max(0, Math.floor(Math.log10(span / 100)))) as Nanos;
