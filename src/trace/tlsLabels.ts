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

/** Labels of the packets that end a record: index into `labels` by packet, 0 for none. `last`: the packet that ends each record. */
export const labelPackets = (
  last: Int32Array,
  namesOf: (record: number) => readonly string[],
  packets: number,
): { readonly labelOf: Uint32Array; readonly labels: readonly string[] } => {
  const parts = new Map<number, string[]>();
  for (let r = 0; r < last.length; r++) {
    const packet = last[r] as number;
    if (packet < 0) continue;
    const known = parts.get(packet);
    if (known) known.push(...namesOf(r));
    else parts.set(packet, [...namesOf(r)]);
  }
  const texts = new Texts();
  const labelOf = new Uint32Array(packets);
  for (const [packet, names] of parts) labelOf[packet] = texts.add(shortened(names));
  return { labelOf, labels: texts.list };
};
