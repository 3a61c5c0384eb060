import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../base/time.ts';

/** Numbers as people read them. No locale: the same picture everywhere. */

/** 12345.6 with 1 decimal → "12,345.6"; minus as U+2212. */
export const decimal = (value: number, decimals = 0): string => {
  const text = Math.abs(value).toFixed(decimals);
  const [whole = '0', part] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const sign = value < 0 && Number(text) !== 0 ? '−' : '';
  return sign + grouped + (part === undefined ? '' : `.${part}`);
};

/** Three significant digits at most, no trailing zeros: 43.07 → "43.1", 1.2 → "1.2", 990 → "990". */
export const brief = (value: number): string => {
  const size = Math.abs(value);
  const decimals = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2;
  const text = decimal(value, decimals);
  return decimals > 0 ? text.replace(/\.?0+$/, '') : text;
};

/** A length of time: "43 ms", "600 µs", "1.2 s". */
export const duration = (ns: number): string => {
  const size = Math.abs(ns);
  if (size >= 10 * NS_PER_S) return `${brief(ns / NS_PER_S)} s`;
  if (size >= NS_PER_MS) {
    const ms = ns / NS_PER_MS;
    return `${Math.abs(ms) >= 9.95 ? decimal(Math.round(ms)) : decimal(ms, 1).replace(/\.0$/, '')} ms`;
  }
  if (size === 0) return '0 ms';
  return `${brief(ns / NS_PER_US)} µs`;
};

/** An instant in ms with one decimal: "186.4 ms". */
export const instant = (ns: number): string => `${decimal(ns / NS_PER_MS, 1)} ms`;

/** A number of bytes in decimal units: "800 B", "20 kB", "1.5 MB". */
export const bytes = (n: number): string => {
  if (n < 1000) return `${decimal(n)} B`;
  if (n < 999_500) return `${n < 9950 ? brief(Math.round(n / 100) / 10) : decimal(n / 1000)} kB`;
  if (n < 999_500_000) return `${brief(n / 1e6)} MB`;
  return `${brief(n / 1e9)} GB`;
};

/** "1 packet", "1,306 packets". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${decimal(n)} ${n === 1 ? one : many}`;
