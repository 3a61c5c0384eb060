import type { Touch } from '../../scenario/schema.ts';
import { FIRST_STREAM } from './chance.ts';
import type { Identity } from './chance.ts';
import { identityOfName } from './identity.ts';

const KINDS = ['data', 'syn', 'ack', 'fin', 'rst', 'probe', 'initial', 'handshake', 'crypto', 'control'] as const;

/** The packets that a hand has touched, found by identity (CONTRACT.md: flow, direction, first byte or kind, n-th transmission). */
export class Touches {
  readonly #byIdentity = new Map<string, Touch>();
  readonly #met = new Set<string>();
  /** Keys of the entries, in their order. */
  readonly #keys: string[] = [];

  constructor(
    private readonly touched: readonly Touch[],
    flowNames: readonly string[],
  ) {
    for (const touch of touched) {
      const flow = identityOfName(touch.flow, flowNames);
      const kind =
        touch.kind !== undefined ? KINDS.indexOf(touch.kind) : touch.stream === 0 ? 0 : FIRST_STREAM + touch.stream;
      const position = touch.kind === undefined ? touch.offset : (touch.ackOf ?? 0);
      const key = keyOf(flow, touch.dir === 'up' ? 0 : 1, kind, position ?? 0, touch.nth);
      this.#keys.push(key);
      this.#byIdentity.set(key, { ...this.#byIdentity.get(key), ...touch });
    }
  }

  get isEmpty(): boolean {
    return this.#byIdentity.size === 0;
  }

  find(id: Identity): Touch | null {
    const key = keyOf(id.flow, id.direction, id.kind, id.position, id.nth);
    const touch = this.#byIdentity.get(key);
    if (!touch) return null;
    this.#met.add(key);
    return touch;
  }

  /** A sentence for each entry whose packet was never sent. */
  unmet(): string[] {
    return this.touched.flatMap((touch, k) =>
      this.#met.has(this.#keys[k] ?? '')
        ? []
        : [`path.touched[${String(k)}] (${told(touch)}) names no packet of this run, and has no effect.`],
    );
  }
}

/** "page, down, offset 41992, nth 2". */
const told = ({ flow, dir, stream, offset, kind, ackOf, nth }: Touch): string =>
  [
    flow,
    dir,
    ...(stream > 0 ? [`stream ${String(stream)}`] : []),
    kind === undefined ? `offset ${String(offset ?? 0)}` : kind + (ackOf === undefined ? '' : ` of ${String(ackOf)}`),
    `nth ${String(nth)}`,
  ].join(', ');

const keyOf = (flow: number, direction: number, kind: number, position: number, nth: number): string =>
  `${String(flow)} ${String(direction)} ${String(kind)} ${String(position)} ${String(nth)}`;
