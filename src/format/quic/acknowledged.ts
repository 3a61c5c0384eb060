import { lowerBound } from '../../base/bisect.ts';
import type { CapturedPacket, Space } from './packet.ts';

/** Packets of one space and direction by number, each proven at most once: linear in packets and ranges. */
class Numbers {
  readonly numbers: Float64Array;
  readonly #skip: Int32Array;

  constructor(readonly packets: readonly CapturedPacket[]) {
    this.numbers = Float64Array.from(packets, ({ number }) => number);
    this.#skip = Int32Array.from({ length: packets.length + 1 }, (_, i) => i);
  }

  /** First index from `k` on that is not proven. */
  next(k: number): number {
    let root = k;
    while (this.#skip[root] !== root) root = this.#skip[root] as number;
    for (let i = k; i < root;) {
      const after = this.#skip[i] as number;
      this.#skip[i] = root;
      i = after;
    }
    return root;
  }

  done(k: number): void {
    this.#skip[k] = k + 1;
  }
}

/** Which packets of a connection ranges of packet numbers prove. */
export class Acknowledged {
  readonly #lists = new Map<number, Numbers>();

  constructor(packets: readonly CapturedPacket[], spaceOf: (type: number) => Space) {
    const lists = new Map<number, CapturedPacket[]>();
    for (const packet of packets) {
      if (packet.number < 0) continue;
      const key = spaceOf(packet.type) * 2 + (packet.up ? 1 : 0);
      const list = lists.get(key);
      if (list) list.push(packet);
      else lists.set(key, [packet]);
    }
    for (const [key, list] of lists) {
      const isSorted = list.every((packet, i) => i === 0 || (list[i - 1]?.number ?? 0) <= packet.number);
      this.#lists.set(key, new Numbers(isSorted ? list : list.sort((a, b) => a.number - b.number)));
    }
  }

  /** Calls `prove` for each packet from `smallest` to `largest` that was not proven before; it says whether this proves it. */
  prove(
    up: boolean,
    space: Space,
    smallest: number,
    largest: number,
    prove: (packet: CapturedPacket) => boolean,
  ): void {
    const list = this.#lists.get(space * 2 + (up ? 1 : 0));
    if (!list) return;
    const { numbers, packets } = list;
    const from = lowerBound(numbers, smallest);
    for (let k = list.next(from); k < packets.length && (numbers[k] as number) <= largest; k = list.next(k + 1))
      if (prove(packets[k] as CapturedPacket)) list.done(k);
  }
}
