import type { HeaderField } from '../../../src/wire/hpack/table.ts';

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** `name: value | name: value` as a list. */
export const list = (text: string): HeaderField[] =>
  text.split(' | ').map((line) => {
    const colon = line.indexOf(': ', 1);
    return { name: line.slice(0, colon), value: line.slice(colon + 2) };
  });
