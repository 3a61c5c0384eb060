import type { TlsRecordColumns } from './tls.ts';

/** Texts by number, each once; number 0 is the empty text. */
export class Texts {
  readonly list: string[] = [''];
  readonly #index = new Map<string, number>([['', 0]]);

  add(text: string): number {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    const index = this.list.push(text) - 1;
    this.#index.set(text, index);
    return index;
  }
}

const MOST_NAMES = 4;

/** Names beside each other; repeated ones are counted, many are cut. */
const shortened = (names: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const list = [...counts].map(([name, n]) => (n > 1 ? `${String(n)} × ${name}` : name));
  const rest = list.length - MOST_NAMES;
  return rest > 1 ? `${list.slice(0, MOST_NAMES).join(', ')} and ${String(rest)} more` : list.join(', ');
};

/**
 * Names each record by what it brings, and each packet by the records that end in it: writes `records.name`, and returns
 * labels and, by packet, indices into them (0: none).
 */
export const labelPackets = (
  records: TlsRecordColumns,
  count: number,
  namesOf: (record: number) => readonly string[],
  packets: number,
): { readonly labelOf: Uint32Array; readonly labels: readonly string[] } => {
  const texts = new Texts();
  const parts = new Map<number, string[]>();
  for (let r = 0; r < count; r++) {
    const names = namesOf(r);
    records.name[r] = texts.add(shortened(names));
    const packet = records.last[r] as number;
    if (packet < 0) continue;
    const known = parts.get(packet);
    if (known) known.push(...names);
    else parts.set(packet, [...names]);
  }
  const labelOf = new Uint32Array(packets);
  for (const [packet, names] of parts) labelOf[packet] = texts.add(shortened(names));
  return { labelOf, labels: texts.list };
};
