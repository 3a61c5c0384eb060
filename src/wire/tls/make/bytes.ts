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

/** What the records of one side carry: handshake bytes and application bytes, cut where they cut. */
class Contents {
  #handshakeAt = 0;
  #applicationAt = 0;
  #isEarly = true;

  constructor(
    private readonly side: Side,
    private readonly handshake: Uint8Array,
    private readonly application: ApplicationBytes,
    private readonly takesEarly: boolean,
  ) {}

  of(record: SentRecord): Uint8Array {
    if (record.alert) return Uint8Array.from(record.alert);
    if (record.type === ContentType.ChangeCipherSpec) return Uint8Array.of(1);
    if (record.type === ContentType.Handshake) {
      const from = this.#handshakeAt;
      this.#handshakeAt += record.length;
      return this.handshake.slice(from, this.#handshakeAt);
    }
    // Early data that was not taken is sent again from the first byte.
    if (record.epoch !== Epoch.Early && this.#isEarly) {
      this.#isEarly = false;
      if (!this.takesEarly) this.#applicationAt = 0;
    }
    const from = this.#applicationAt;
    this.#applicationAt += record.length;
    return this.application(this.side, from, record.length);
  }
}

const plainRecord = (record: SentRecord, content: Uint8Array, isFirst: boolean): Uint8Array => {
  const bytes = new Uint8Array(RECORD_HEADER_SIZE + content.length);
  // The first hello names TLS 1.0, for servers that knew no better (RFC 8446 §5.1).
  const version = isFirst && record.type === ContentType.Handshake ? Version.Tls10 : Version.Tls12;
  const at = encodeRecordHeader({ type: record.type, version, length: content.length }, bytes, 0);
  bytes.set(content, at);
  return bytes;
};

/**
 * Makes what a simulated connection sent: really encoded, really encrypted, byte for byte the same whenever it is asked
 * for. The boundaries of messages and records are those of the simulation. `earlier`: the ticket that a made connection
 * gave, where this one resumes it; without it, ticket and secret are as if there had been one.
 */
export const makeBytes = (
  session: TlsSession,
  crypto: Crypto,
  application: ApplicationBytes = fillerBytes,
  earlier: MadeTicket | null = null,
  identities: Identities = new Identities(crypto, session.seed),
): MadeBytes => {
  const filler = new Filler(session, crypto, identities, earlier);
  const handshake: Record<Side, Uint8Array[]> = { client: [], server: [] };
  for (const { from, message } of session.messages) handshake[from].push(filler.next(from, message));
  const isEarlyTaken = takesEarly(session);
  const early = session.resumed ? suiteOf(session.resumed.suite) : null;

  const stream = (side: Side): Uint8Array => {
    const sealer = new Sealer(filler, crypto, side, early);
    const contents = new Contents(side, concat(handshake[side]), application, isEarlyTaken);
    return concat(
      session.records[side].map((record, i) => {
        const content = contents.of(record);
        if (record.epoch === Epoch.Plain) return plainRecord(record, content, side === 'client' && i === 0);
        const sealed =
          sealer.at(record.epoch)?.seal(record.type, content, record.padding) ?? new Uint8Array(record.size);
        if (record.damaged) sealed[sealed.length - 1] = (sealed[sealed.length - 1] ?? 0) ^ 1;
        return sealed;
      }),
    );
  };
  return {
    client: stream('client'),
    server: stream('server'),
    keyLog: filler.secrets.log.map(keyLogLine),
    secrets: filler.secrets.named,
    tickets: filler.secrets.tickets,
  };
};
