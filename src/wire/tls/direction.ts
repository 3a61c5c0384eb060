import type { Result } from '../../base/result.ts';
import { ContentType } from './codes.ts';
import type { Opened, RecordProtector } from './crypto/protection.ts';
import { Epoch } from './epoch.ts';
import { HandshakeAssembler } from './handshake/assembler.ts';
import { decodeHandshake, isRetry } from './handshake/decodeMessage.ts';
import type { HandshakeMessage } from './handshake/message.ts';
import { RECORD_HEADER_SIZE } from './record.ts';
import type { RecordPlace } from './record.ts';

/** A record of a captured stream, opened where its key is known. */
export interface OpenRecord extends RecordPlace {
  readonly epoch: number;
  /** The type inside, which TLS 1.3 hides; the outer one where the record stays closed. */
  readonly inner: number;
  /** Null: no key, or a wrong tag; `problem` says which. */
  readonly content: Uint8Array | null;
  readonly padding: number;
  readonly problem: string | null;
}

/** A handshake message and the record that its last byte was in. */
export interface OpenMessage {
  readonly message: HandshakeMessage | null;
  readonly bytes: Uint8Array;
  readonly record: number;
  readonly problem: string | null;
}

export interface OpenDirection {
  readonly records: readonly OpenRecord[];
  readonly messages: readonly OpenMessage[];
}

/** The keys of one direction at one epoch; null where the log has none. */
export type KeysFor = (epoch: number) => RecordProtector | null;

/** A record to open, as the `sequence`-th under a key. */
export interface ToOpen {
  readonly key: RecordProtector;
  readonly record: Uint8Array;
  readonly sequence: number;
}

/** Asks for records to be opened, several at once, and goes on with the answers: so that ciphers may take their time. */
export type Opening<T> = Generator<readonly ToOpen[], T, readonly Result<Opened>[]>;

/** Records that are asked for at once: few at first, since a KeyUpdate throws away what was opened ahead. */
const FEW = 4;
const MANY = 256;
/** What finding a place behind a gap may cost: tries, and bytes opened in vain; and what all gaps of a direction may. */
const MOST_TRIES = 1024;
const MOST_TRIED = 8_000_000;
const MOST_IN_ALL = 64_000_000;
/** A try costs as much as this many bytes more. */
const TRY = 500;
/** Records behind a gap among which the shortest is tried. */
const AMONG = 16;
/** Records behind a gap among which the end of the handshake is looked for. */
const WITHIN = 64;
/** Bytes of the shortest protected record, and of the longest (RFC 8446 §5.2, RFC 5246 §6.2.3). */
const SHORTEST = RECORD_HEADER_SIZE + 17;
const LONGEST = RECORD_HEADER_SIZE + 18_432;

const ANCHORED = { lost: 0, records: 0, least: 0 } as const;
const UNPLACED = 'bytes before it are missing, and its number under the key could not be found';

export interface DirectionOptions {
  readonly is13: boolean;
  readonly keys: KeysFor;
  /** Epoch of the first protected record, by the number of messages before it: the client's tells that it has left the plain one. */
  readonly first?: (messages: number) => number;
  /** Why records without a key stay closed. */
  readonly closedWhy?: string | undefined;
}

/** Reads one direction: knows which epoch comes when, counts records under each key, and puts messages together. */
export class DirectionReader implements OpenDirection {
  readonly records: OpenRecord[] = [];
  readonly messages: OpenMessage[] = [];
  #epoch: number = Epoch.Plain;
  #protector: RecordProtector | null = null;
  /** Protected records so far under this key, those that could not be opened among them. */
  #sequence = 0;
  #isPlaced = true;
  #ahead = FEW;
  /** Since the last record whose number was known: bytes missing, records seen, and how many must be missing at least. */
  #adrift: { readonly lost: number; readonly records: number; readonly least: number } = ANCHORED;
  /** Bytes that may yet be tried behind gaps. */
  #left = MOST_IN_ALL;
  readonly #assembler = new HandshakeAssembler();

  constructor(private readonly o: DirectionOptions) {}

  #enter(epoch: number): void {
    this.#epoch = epoch;
    this.#protector = this.o.keys(epoch);
    this.#sequence = 0;
    this.#adrift = ANCHORED;
    this.#ahead = FEW;
  }

  *read(bytes: Uint8Array, places: readonly RecordPlace[]): Opening<void> {
    for (let i = 0; i < places.length;) {
      const place = places[i] as RecordPlace;
      if (place.lost !== undefined) yield* this.#behindGap(bytes, places, i, place.lost);
      const { first } = this.o;
      if (first !== undefined && this.#epoch === Epoch.Plain && this.#isShut(place))
        this.#enter(first(this.messages.length));
      if (this.#isPlain(place)) {
        this.#plain(bytes, place);
        i++;
      } else if (this.#protector === null && this.#epoch !== Epoch.Early) {
        this.#closed(place, this.#isPlaced ? (this.o.closedWhy ?? 'no secret for it is known') : UNPLACED);
        if (!this.#isPlaced) this.#adrift = { ...this.#adrift, records: this.#adrift.records + 1 };
        i++;
      } else if (this.#epoch < Epoch.Application) {
        yield* this.#one(bytes, place);
        i++;
      } else i = yield* this.#several(bytes, places, i);
    }
  }

  #isShut({ type }: RecordPlace): boolean {
    return this.o.is13 && type === ContentType.ApplicationData;
  }

  #isPlain(place: RecordPlace): boolean {
    const plainInside = place.type === ContentType.ChangeCipherSpec || this.#epoch === Epoch.Plain;
    return plainInside || (this.o.is13 && place.type !== ContentType.ApplicationData);
  }

  #plain(bytes: Uint8Array, place: RecordPlace): void {
    const content = bytes.slice(place.from, place.end);
    this.#add({ ...place, epoch: Epoch.Plain, inner: place.type, content, padding: 0, problem: null });
  }

  #closed(place: RecordPlace, problem: string): void {
    this.#add({ ...place, epoch: this.#epoch, inner: place.type, content: null, padding: 0, problem });
  }

  #answered(place: RecordPlace, answer: Result<Opened> | undefined): void {
    this.#sequence++;
    if (answer?.ok) {
      const { type, content, padding } = answer.value;
      this.#add({ ...place, epoch: this.#epoch, inner: type, content, padding, problem: null });
    } else this.#closed(place, answer?.problems.map((p) => p.what).join(' · ') ?? 'no secret for it is known');
  }

  /** A record of the handshake or of early data: the next one may be under another key. */
  *#one(bytes: Uint8Array, place: RecordPlace): Opening<void> {
    const record = bytes.subarray(place.at, place.end);
    const key = this.#protector;
    const [answer] = key ? yield [{ key, record, sequence: this.#sequence }] : [];
    if (answer?.ok || this.#epoch !== Epoch.Early) {
      this.#answered(place, answer);
      return;
    }
    // Early data that was rejected ends without a word: the next record is under the handshake keys (RFC 8446 §4.2.10).
    const handshake = this.o.keys(Epoch.Handshake);
    const [second] = handshake ? yield [{ key: handshake, record, sequence: 0 }] : [];
    if (second?.ok) this.#enter(Epoch.Handshake);
    this.#answered(place, second?.ok ? second : answer);
  }

  /** As many records as go under one key at once; returns the index behind the last that was. */
  *#several(bytes: Uint8Array, places: readonly RecordPlace[], i: number): Opening<number> {
    const key = this.#protector;
    if (!key) return i;
    const list: RecordPlace[] = [];
    for (let k = i; k < places.length && list.length < this.#ahead; k++) {
      const place = places[k] as RecordPlace;
      if (this.#isPlain(place) || (k > i && place.lost !== undefined)) break;
      list.push(place);
    }
    const base = this.#sequence;
    const answers = yield list.map((place, k) => ({
      key,
      record: bytes.subarray(place.at, place.end),
      sequence: base + k,
    }));
    this.#ahead = Math.min(MANY, 2 * this.#ahead);
    for (const [k, place] of list.entries()) {
      this.#answered(place, answers[k]);
      // A KeyUpdate was among them: what comes behind it is under the next key.
      if (this.#protector !== key) return i + k + 1;
    }
    return i + list.length;
  }

  /**
   * Finds the number of the next record under its key, `lost` bytes after the last that was counted: the shortest record
   * nearby is tried under one number after another. What was lost of the handshake is taken for over.
   */
  *#behindGap(bytes: Uint8Array, places: readonly RecordPlace[], i: number, lost: number): Opening<void> {
    this.#assembler.clear();
    const near: RecordPlace[] = [];
    for (let k = i; k < places.length && near.length < AMONG; k++) {
      const place = places[k] as RecordPlace;
      if (k > i && place.lost !== undefined) break;
      if (place.type !== ContentType.ChangeCipherSpec) near.push(place);
    }
    if (this.#epoch < Epoch.Application) {
      // Without application data nothing tells that the handshake is over; TLS 1.2 may yet say so itself.
      const types = places.slice(i, i + WITHIN).map(({ type }) => type);
      const next = types.indexOf(ContentType.ApplicationData);
      const change = types.indexOf(ContentType.ChangeCipherSpec);
      if (next < 0 || (!this.o.is13 && change >= 0 && change < next)) return;
      this.#enter(Epoch.Application);
    }
    const key = this.o.keys(this.#epoch);
    this.#protector = null;
    this.#isPlaced = key === null;
    if (!key) return;
    let shortest = 0;
    near.forEach((place, k) => {
      if (place.length < (near[shortest]?.length ?? 0)) shortest = k;
    });
    const probe = near[shortest];
    if (!probe) return;
    const record = bytes.subarray(probe.at, probe.end);
    const missing = this.#adrift.lost + lost;
    const known = this.#sequence + this.#adrift.records;
    // A handshake that was missed may have left nothing under this key.
    const least = this.#adrift.least + (this.#sequence > 0 ? Math.ceil(lost / LONGEST) : 0);
    const from = known + least;
    const to = known + Math.floor(missing / SHORTEST);
    const cost = record.length + TRY;
    const tries = Math.min(MOST_TRIES, Math.ceil(MOST_TRIED / cost), Math.floor(this.#left / cost));
    const most = Math.min(to, from + tries - 1);
    // What is ruled out here needs no second try behind the next gap.
    this.#adrift = { lost: missing, records: this.#adrift.records, least: Math.max(least, most + 1 - known) };
    for (let number = from, many = FEW; number <= most; number += many, many = Math.min(64, 2 * many)) {
      const batch = Array.from({ length: Math.min(many, most - number + 1) }, (_, k) => ({
        key,
        record,
        sequence: number + k + shortest,
      }));
      this.#left -= batch.length * cost;
      const found = (yield batch).findIndex((answer) => answer.ok);
      if (found < 0) continue;
      this.#protector = key;
      this.#isPlaced = true;
      this.#adrift = ANCHORED;
      this.#sequence = number + found;
      return;
    }
  }

  #add(record: OpenRecord): void {
    this.records.push(record);
    if (record.content !== null && record.inner === ContentType.Handshake) this.#split(record.content);
    else if (record.inner === ContentType.ChangeCipherSpec && !this.o.is13) this.#enter(Epoch.Application);
  }

  #split(content: Uint8Array): void {
    for (const bytes of this.#assembler.push(content)) {
      const decoded = decodeHandshake(bytes, this.o.is13);
      const message = decoded.ok ? decoded.value : null;
      const problem = decoded.ok ? null : decoded.problems.map((p) => p.what).join(' · ');
      this.messages.push({ message, bytes, record: this.records.length - 1, problem });
      if (message && this.o.is13) this.#moved(message);
    }
  }

  #moved(message: HandshakeMessage): void {
    if (message.type === 'serverHello' && !isRetry(message.random)) this.#enter(Epoch.Handshake);
    else if (message.type === 'endOfEarlyData') this.#enter(Epoch.Handshake);
    else if (message.type === 'finished') this.#enter(Epoch.Application);
    else if (message.type === 'keyUpdate') this.#enter(this.#epoch + 1);
  }
}

/** Plays an opening with a cipher that answers at once. */
export const openNow = <T>(opening: Opening<T>): T => {
  let step = opening.next();
  while (!step.done) step = opening.next(step.value.map(({ key, record, sequence }) => key.openAt(record, sequence)));
  return step.value;
};

/** Opens many records, in time. */
export type OpenMany = (batch: readonly ToOpen[]) => Promise<readonly Result<Opened>[]>;

/** The same with one that does not. */
export const openInTime = async <T>(opening: Opening<T>, openMany: OpenMany): Promise<T> => {
  let step = opening.next();
  while (!step.done) step = opening.next(await openMany(step.value));
  return step.value;
};
