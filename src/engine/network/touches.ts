import type { Touch } from '../../scenario/schema.ts';
import { FIRST_STREAM } from './chance.ts';
import type { Identity } from './chance.ts';
import { identityOfName } from './identity.ts';

const KINDS = ['data', 'syn', 'ack', 'fin', 'rst', 'probe', 'initial', 'handshake', 'crypto', 'control'] as const;

/** The packets that a hand has touched, found by identity (CONTRACT.md: flow, direction, first byte or kind, n-th transmission). */
export class Touches {
  readonly #byIdentity = new Map<string, Touch>();

  constructor(touched: readonly Touch[], flowNames: readonly string[]) {
    for (const touch of touched) {
      const flow = identityOfName(touch.flow, flowNames);
      const kind =
        touch.kind !== undefined ? KINDS.indexOf(touch.kind) : touch.stream === 0 ? 0 : FIRST_STREAM + touch.stream;
      const position = touch.kind === undefined ? touch.offset : (touch.ackOf ?? 0);
      const key = keyOf(flow, touch.dir === 'up' ? 0 : 1, kind, position ?? 0, touch.nth);
      this.#byIdentity.set(key, { ...this.#byIdentity.get(key), ...touch });
    }
  }

  get isEmpty(): boolean {
    return this.#byIdentity.size === 0;
  }

  find(id: Identity): Touch | null {
    return this.#byIdentity.get(keyOf(id.flow, id.direction, id.kind, id.position, id.nth)) ?? null;
  }
}

const keyOf = (flow: number, direction: number, kind: number, position: number, nth: number): string =>
  `${String(flow)} ${String(direction)} ${String(kind)} ${String(position)} ${String(nth)}`;
