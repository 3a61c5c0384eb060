import { hashWords, toUnit } from '../../base/hash.ts';
import type { LossRule } from '../../scenario/schema.ts';

/** Kinds of identity from here on are streams of QUIC. */
export const FIRST_STREAM = 64;

/** What identifies a packet from one run to the next (CONTRACT.md): words for the hash, and for the hand that touches it. */
export interface Identity {
  readonly flow: number;
  /** 0 up, 1 down. */
  readonly direction: number;
  /**
   * 0: payload at `position`; 1 syn, 2 ack, 3 fin, 4 rst, 5 probe. QUIC: 0 stream 0, `FIRST_STREAM` + n stream n; 2 ack;
   * 6 initial, 7 handshake, 8 crypto, 9 control.
   */
  kind: number;
  /** Stream offset of the first payload byte, or the offset that a pure ACK acknowledges. */
  position: number;
  /** n-th transmission of this identity, from 1. */
  nth: number;
}

const high = (value: number): number => Math.floor(value / 4294967296);

/** A draw in [0, 1) that depends on seed, link, purpose and the packet's identity only. */
export const draw = (seed: number, link: number, purpose: number, id: Identity): number =>
  toUnit(hashWords(seed, link, purpose, id.flow, id.direction, id.kind, id.position, high(id.position), id.nth));

/** Purposes of draws, so that they do not share their chance; above them stands the rule that draws. */
const Purpose = { Independent: 1, Enter: 2, Leave: 3, BurstLoss: 4, Jitter: 5 } as const;
const PURPOSE_BITS = 8;

export const jitterDraw = (seed: number, link: number, id: Identity): number => draw(seed, link, Purpose.Jitter, id);

/** Loss rules of one direction of a link, with what they count. */
export class LossRules {
  readonly #rules: readonly LossRule[];
  readonly #lists: readonly (ReadonlySet<number> | null)[];
  readonly #counts: number[];
  readonly #bad: boolean[];
  /** Which of the rules that draw this is, in the bits above `Purpose`: a list beside it does not change its chance. */
  readonly #drawer: readonly number[];
  readonly isEmpty: boolean;

  constructor(rules: readonly LossRule[]) {
    this.#rules = rules;
    this.#lists = rules.map((rule) =>
      rule.data !== undefined ? new Set(rule.data) : rule.packets !== undefined ? new Set(rule.packets) : null,
    );
    this.#counts = rules.map(() => 0);
    this.#bad = rules.map(() => false);
    let drawers = 0;
    this.#drawer = this.#lists.map((list) => (list === null ? drawers++ << PURPOSE_BITS : 0));
    this.isEmpty = rules.length === 0;
  }

  /** Judges a packet that enters the link; every rule counts it. Returns how it is lost, or null. */
  judge(seed: number, link: number, id: Identity, payload: number, bulk = payload): 'egress' | 'arrival' | null {
    let verdict: 'egress' | 'arrival' | null = null;
    for (let r = 0; r < this.#rules.length; r++) {
      const rule = this.#rules[r] as LossRule;
      if (!this.#hits(rule, r, seed, link, id, payload, bulk)) continue;
      if (rule.at === 'arrival' || verdict === null) verdict = rule.at;
    }
    return verdict;
  }

  #hits(rule: LossRule, r: number, seed: number, link: number, id: Identity, payload: number, bulk = payload): boolean {
    const list = this.#lists[r] as ReadonlySet<number> | null;
    if (list !== null) {
      if (rule.data !== undefined && (payload === 0 || bulk < (rule.min ?? 0))) return false;
      const n = ++(this.#counts[r] as number);
      this.#counts[r] = n;
      return list.has(n);
    }
    // Each rule draws for itself: rules add up.
    const drawer = this.#drawer[r] as number;
    if (rule.rate !== undefined) return draw(seed, link, drawer | Purpose.Independent, id) < rule.rate;
    const { burst } = rule;
    if (burst === undefined) return false;
    const bad = this.#bad[r] === true;
    this.#bad[r] = bad
      ? draw(seed, link, drawer | Purpose.Leave, id) >= burst.leave
      : draw(seed, link, drawer | Purpose.Enter, id) < burst.enter;
    return draw(seed, link, drawer | Purpose.BurstLoss, id) < (this.#bad[r] === true ? burst.lossIn : burst.lossOut);
  }
}
