import { ContentType } from '../../../wire/tls/codes.ts';
import { suiteOf } from '../../../wire/tls/crypto/suites.ts';
import { Epoch } from '../../../wire/tls/epoch.ts';
import { RECORD_LIMIT, recordSize } from '../../../wire/tls/record.ts';
import type { Protection } from '../../../wire/tls/record.ts';
import type { SentRecord } from '../../../wire/tls/make/session.ts';
import type { TlsHandshake, TlsItem } from './handshake.ts';

/** What protects a record: TLS 1.2 has one kind of key, TLS 1.3 three, all of one form. */
const protectionOf = (h: TlsHandshake, epoch: number): Protection => {
  if (epoch === Epoch.Plain) return 'none';
  if (epoch === Epoch.Early || epoch === Epoch.Handshake) return 'aead13';
  return suiteOf(h.suite)?.protection ?? 'aead13';
};

/** Writes records of one direction into the session's log, and counts them. */
export class RecordWriter {
  #protected = 0;

  /** `damaged`: the n-th protected record, from 1, arrives with a changed byte; 0: none. */
  constructor(
    private readonly h: TlsHandshake,
    private readonly records: SentRecord[],
    private readonly damaged: number,
  ) {}

  /** One record; returns its size on the wire. */
  #record(type: number, epoch: number, length: number, alert: readonly [number, number] | null = null): number {
    const size = recordSize(length, protectionOf(this.h, epoch));
    const isProtected = epoch !== Epoch.Plain;
    if (isProtected) this.#protected++;
    const damaged = isProtected && this.#protected === this.damaged;
    this.records.push({ type, epoch, length, padding: 0, size, alert, damaged });
    return size;
  }

  /** As many records as `bytes` of content need; returns their size (RFC 8446 §5.1). */
  content(type: number, epoch: number, bytes: number): number {
    // The limit of RFC 8449 holds for protected records only (§4).
    const limit = epoch === Epoch.Plain ? RECORD_LIMIT : Math.min(RECORD_LIMIT, this.h.peerLimit);
    let size = 0;
    for (let left = bytes; left > 0; left -= limit) size += this.#record(type, epoch, Math.min(left, limit));
    return size;
  }

  /** A message of the handshake, each in a record of its own, as OpenSSL does. */
  item(item: TlsItem): number {
    switch (item.kind) {
      case 'handshake':
        return this.content(ContentType.Handshake, item.epoch, item.size);
      case 'ccs':
        return this.#record(ContentType.ChangeCipherSpec, Epoch.Plain, 1);
      case 'alert':
        return this.#record(ContentType.Alert, item.epoch, 2, [item.level, item.description]);
    }
  }
}
