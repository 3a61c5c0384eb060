import { upperBound } from '../../../base/bisect.ts';
import { concat } from '../../x509/der.ts';
import { ContentType, Version } from '../codes.ts';
import { RecordProtector } from '../crypto/protection.ts';
import { trafficKeys, updatedSecret } from '../crypto/schedule13.ts';
import { suiteOf } from '../crypto/suites.ts';
import type { Suite } from '../crypto/suites.ts';
import type { Crypto } from '../crypto/types.ts';
import { Epoch } from '../epoch.ts';
import { keyLogLine } from '../keylog.ts';
import { encodeRecordHeader, RECORD_HEADER_SIZE } from '../record.ts';
import { Filler } from './fill.ts';
import { Identities } from './identity.ts';
import type { MadeTicket, NamedSecret } from './secrets.ts';
import { takesEarly } from './session.ts';
import type { SentRecord, Side, TlsSession } from './session.ts';

/** Application bytes of one side from an offset of its stream: what the layer above would have written. */
export type ApplicationBytes = (side: Side, offset: number, length: number) => Uint8Array;

/** The bytes of a connection, as they stand in its two TCP streams. */
export interface MadeBytes {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  /** Key log lines: with them Wireshark opens every record. */
  readonly keyLog: readonly string[];
  readonly secrets: readonly NamedSecret[];
  /** What a later connection resumes with. */
  readonly tickets: readonly MadeTicket[];
}

/** Printable filler, so that opened records can be told apart by eye: the offset decides the letter. */
export const fillerBytes: ApplicationBytes = (_, offset, length) =>
  Uint8Array.from({ length }, (__, i) => ((offset + i) % 64 === 63 ? 10 : 97 + ((offset + i) % 26)));

/** Protection of one side's records, epoch after epoch. */
class Sealer {
  readonly #keys = new Map<number, RecordProtector | null>();

  constructor(
    private readonly filler: Filler,
    private readonly crypto: Crypto,
    private readonly side: Side,
    private readonly early: Suite | null,
  ) {}

  at(epoch: number): RecordProtector | null {
    let protector = this.#keys.get(epoch);
    if (protector === undefined) this.#keys.set(epoch, (protector = this.#make(epoch)));
    return protector;
  }

  #make(epoch: number): RecordProtector | null {
    const { filler, crypto, side } = this;
    const { secrets } = filler;
    // Early data goes under the suite of the session that is resumed (RFC 8446 §4.2.10).
    const suite = epoch === Epoch.Early ? this.early : filler.suite;
    if (!suite) return null;
    if (secrets.block) return new RecordProtector(crypto, suite, secrets.block[side]);
    let secret = secrets.traffic.get(`${side} ${String(Math.min(epoch, Epoch.Application))}`);
    const hash = crypto.hash(suite.hash);
    for (let i = Epoch.Application; secret && i < epoch; i++) secret = updatedSecret(hash, secret);
    return secret ? new RecordProtector(crypto, suite, trafficKeys(hash, secret, suite.keySize)) : null;
  }
}

/** What is to be made of one side, record by record. */
interface Plan {
  readonly records: readonly SentRecord[];
  /** Stream offset of each record, and one behind the last. */
  readonly at: Float64Array;
  /** Offset of its content among the side's handshake or application bytes. */
  readonly from: Float64Array;
  /** Its number under its key. */
  readonly sequence: Float64Array;
}

const planOf = (records: readonly SentRecord[], isEarlyTaken: boolean): Plan => {
  const at = new Float64Array(records.length + 1);
  const from = new Float64Array(records.length);
  const sequence = new Float64Array(records.length);
  let handshake = 0;
  let application = 0;
  let isEarly = true;
  let epoch = -1;
  let nth = 0;
  records.forEach((record, i) => {
    at[i + 1] = (at[i] as number) + record.size;
    if (record.epoch !== epoch && record.epoch !== Epoch.Plain) {
      // A sequence begins anew with each key (RFC 8446 §5.3). Plain records between two of a key do not count.
      epoch = record.epoch;
      nth = 0;
    }
    if (record.epoch !== Epoch.Plain) sequence[i] = nth++;
    if (record.type === ContentType.Handshake) {
      from[i] = handshake;
      handshake += record.length;
    } else if (record.type === ContentType.ApplicationData) {
      // Early data that was not taken is sent again from the first byte.
      if (record.epoch !== Epoch.Early && isEarly) {
        isEarly = false;
        if (!isEarlyTaken) application = 0;
      }
      from[i] = application;
      application += record.length;
    }
  });
  return { records, at, from, sequence };
};

const plainRecord = (record: SentRecord, content: Uint8Array, isFirst: boolean): Uint8Array => {
  const bytes = new Uint8Array(RECORD_HEADER_SIZE + content.length);
  // The first hello names TLS 1.0, for servers that knew no better (RFC 8446 §5.1).
  const version = isFirst && record.type === ContentType.Handshake ? Version.Tls10 : Version.Tls12;
  const at = encodeRecordHeader({ type: record.type, version, length: content.length }, bytes, 0);
  bytes.set(content, at);
  return bytes;
};

/** Sealed records that are kept: segments of one record are asked for one after another. */
const KEPT = 8;

/**
 * The bytes of what a simulated connection sent: really encoded, really encrypted, byte for byte the same whenever they
 * are asked for and in whatever order. The handshake is made at once, a record when it is looked at. The boundaries of
 * messages and records are those of the simulation.
 */
export class MadeSession {
  /** Key log lines: with them Wireshark opens every record. */
  readonly keyLog: readonly string[];
  readonly secrets: readonly NamedSecret[];
  /** What a later connection resumes with. */
  readonly tickets: readonly MadeTicket[];
  /** Handshake bytes of each side, one message behind the other. */
  readonly handshake: Readonly<Record<Side, Uint8Array>>;
  readonly #application: ApplicationBytes;
  readonly #plans: Readonly<Record<Side, Plan>>;
  readonly #sealers: Readonly<Record<Side, Sealer>>;
  readonly #kept = new Map<string, Uint8Array>();

  /**
   * `earlier`: the ticket that a made connection gave, where this one resumes it; without it, ticket and secret are as
   * if there had been one.
   */
  constructor(
    session: TlsSession,
    crypto: Crypto,
    application: ApplicationBytes = fillerBytes,
    earlier: MadeTicket | null = null,
    identities: Identities = new Identities(crypto, session.seed),
  ) {
    const filler = new Filler(session, crypto, identities, earlier);
    const messages: Record<Side, Uint8Array[]> = { client: [], server: [] };
    for (const { from, message } of session.messages) messages[from].push(filler.next(from, message));
    this.handshake = { client: concat(messages.client), server: concat(messages.server) };
    const isEarlyTaken = takesEarly(session);
    const early = session.resumed ? suiteOf(session.resumed.suite) : null;
    this.#application = application;
    this.#plans = {
      client: planOf(session.records.client, isEarlyTaken),
      server: planOf(session.records.server, isEarlyTaken),
    };
    this.#sealers = {
      client: new Sealer(filler, crypto, 'client', early),
      server: new Sealer(filler, crypto, 'server', early),
    };
    this.keyLog = filler.secrets.log.map(keyLogLine);
    this.secrets = filler.secrets.named;
    this.tickets = filler.secrets.tickets;
  }

  /** What the i-th record of a side carries, before it is sealed. */
  content(side: Side, i: number): Uint8Array {
    const plan = this.#plans[side];
    const record = plan.records[i];
    if (!record) return new Uint8Array(0);
    if (record.alert) return Uint8Array.from(record.alert);
    if (record.type === ContentType.ChangeCipherSpec) return Uint8Array.of(1);
    const from = plan.from[i] as number;
    return record.type === ContentType.Handshake
      ? this.handshake[side].slice(from, from + record.length)
      : this.#application(side, from, record.length);
  }

  /** The i-th record of a side as it goes over the wire. */
  record(side: Side, i: number): Uint8Array {
    const id = `${side} ${String(i)}`;
    let bytes = this.#kept.get(id);
    if (!bytes) {
      bytes = this.#make(side, i);
      if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value as string);
      this.#kept.set(id, bytes);
    }
    return bytes;
  }

  #make(side: Side, i: number): Uint8Array {
    const plan = this.#plans[side];
    const record = plan.records[i];
    if (!record) return new Uint8Array(0);
    const content = this.content(side, i);
    if (record.epoch === Epoch.Plain) return plainRecord(record, content, side === 'client' && i === 0);
    const protector = this.#sealers[side].at(record.epoch);
    const sealed =
      protector?.seal(record.type, content, record.padding, plan.sequence[i]) ?? new Uint8Array(record.size);
    if (record.damaged) sealed[sealed.length - 1] = (sealed[sealed.length - 1] ?? 0) ^ 1;
    return sealed;
  }

  /** Bytes [from, from + length) of a side's TCP stream, written to `out` at `at`. */
  copy(side: Side, from: number, length: number, out: Uint8Array, at: number): void {
    const { at: starts, records } = this.#plans[side];
    let i = Math.max(0, upperBound(starts, from, records.length) - 1);
    let done = 0;
    for (; done < length && i < records.length; i++) {
      const bytes = this.record(side, i);
      const skip = from + done - (starts[i] as number);
      const piece = bytes.subarray(skip, skip + length - done);
      out.set(piece, at + done);
      done += piece.length;
    }
  }

  /** All that a side sent. */
  stream(side: Side): Uint8Array {
    const { at, records } = this.#plans[side];
    const bytes = new Uint8Array(at[records.length] as number);
    this.copy(side, 0, bytes.length, bytes, 0);
    return bytes;
  }
}

/** All bytes of a connection at once (see `MadeSession`). */
export const makeBytes = (
  session: TlsSession,
  crypto: Crypto,
  application: ApplicationBytes = fillerBytes,
  earlier: MadeTicket | null = null,
  identities: Identities = new Identities(crypto, session.seed),
): MadeBytes => {
  const made = new MadeSession(session, crypto, application, earlier, identities);
  const { keyLog, secrets, tickets } = made;
  return { client: made.stream('client'), server: made.stream('server'), keyLog, secrets, tickets };
};
