import { type KeyLabel } from '../keylog.ts';
import type { KeyLogEntry } from '../keylog.ts';
import type { TrafficKeys } from '../crypto/schedule13.ts';
import type { Side } from './session.ts';

/** One arrow of the key schedule's picture: which secret, from which ones. */
export interface NamedSecret {
  readonly name: string;
  readonly from: readonly string[];
  readonly value: Uint8Array;
}

/** A ticket as the server sent it, and the secret that it stands for: what a later connection needs to resume. */
export interface MadeTicket {
  readonly ticket: Uint8Array;
  readonly secret: Uint8Array;
}

/** Name of a side's application traffic secret, after `n` key updates: as key logs name the first. */
export const trafficName = (side: Side, n: number): string => `${side.toUpperCase()}_TRAFFIC_SECRET_${String(n)}`;

/** All secrets of one connection, gathered while its messages are filled. */
export class Secrets {
  readonly named: NamedSecret[] = [];
  readonly log: KeyLogEntry[] = [];
  readonly tickets: MadeTicket[] = [];
  /** Traffic secrets of TLS 1.3 by side and epoch. */
  readonly traffic = new Map<string, Uint8Array>();
  /** Keys of TLS 1.2. */
  block: Readonly<Record<Side, TrafficKeys>> | null = null;

  name(name: string, from: readonly string[], value: Uint8Array): Uint8Array {
    this.named.push({ name, from, value });
    return value;
  }

  /** A traffic secret: named, logged where the log has a label for it, and kept for the records. */
  addTraffic(
    side: Side,
    epoch: number,
    label: KeyLabel,
    from: readonly string[],
    clientRandom: Uint8Array,
    secret: Uint8Array,
  ): void {
    this.traffic.set(`${side} ${String(epoch)}`, secret);
    this.export(label, from, clientRandom, secret);
  }

  export(label: KeyLabel, from: readonly string[], clientRandom: Uint8Array, secret: Uint8Array): void {
    this.name(label, from, secret);
    this.log.push({ label, clientRandom, secret });
  }
}
