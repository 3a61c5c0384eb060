import { resized, table } from '../../base/columns.ts';
import { offsetAt, pieceAt } from '../../packet/tls/streams.ts';
import type { TlsStream } from '../../packet/tls/streams.ts';
import { tlsMessageShape, tlsRecordShape } from '../../trace/tls.ts';
import type { TraceTls } from '../../trace/tls.ts';
import { Texts } from '../../trace/tlsLabels.ts';
import { ContentType } from '../../wire/tls/codes.ts';
import { Epoch } from '../../wire/tls/epoch.ts';
import type { OpenDirection, OpenRecord } from '../../wire/tls/direction.ts';

/** Whether a record was sent under a key. Application data never goes in the clear (RFC 8446 §5.1). */
export const isProtected = (record: OpenRecord): boolean =>
  record.epoch !== Epoch.Plain || record.inner === ContentType.ApplicationData;

/** The content to keep beside the trace: what stands on the wire in clear is not kept twice. */
const kept = (record: OpenRecord): Uint8Array | null =>
  record.epoch === Epoch.Plain && record.inner !== ContentType.Alert ? null : record.content;

/** Writes records and messages of directions, one after the other, into the columns of a `TraceTls`. */
export class TlsTables {
  readonly sentences = new Texts();
  #records = table(tlsRecordShape, 64);
  #recordCount = 0;
  #messages = table(tlsMessageShape, 64);
  #messageCount = 0;
  readonly #plain: Uint8Array[] = [];
  #plainSize = 0;

  #keep(bytes: Uint8Array): number {
    const at = this.#plainSize;
    this.#plain.push(bytes);
    this.#plainSize += bytes.length;
    return at;
  }

  add(stream: TlsStream, direction: OpenDirection): void {
    const base = this.#recordCount;
    for (const record of direction.records) this.#record(stream, record);
    for (const { bytes, record } of direction.messages) {
      if (this.#messageCount === this.#messages.at.length) {
        this.#messages = resized(this.#messages, tlsMessageShape, 2 * this.#messageCount);
      }
      const i = this.#messageCount++;
      this.#messages.record[i] = base + record;
      this.#messages.at[i] = this.#keep(bytes);
      this.#messages.length[i] = bytes.length;
    }
  }

  #record(stream: TlsStream, record: OpenRecord): void {
    if (this.#recordCount === this.#records.at.length) {
      this.#records = resized(this.#records, tlsRecordShape, 2 * this.#recordCount);
    }
    const i = this.#recordCount++;
    const c = this.#records;
    const first = pieceAt(stream, record.at);
    const last = pieceAt(stream, record.end - 1);
    const content = kept(record);
    c.flow[i] = stream.flow;
    c.up[i] = stream.up ? 1 : 0;
    c.at[i] = offsetAt(stream, record.at);
    c.length[i] = record.length;
    c.type[i] = record.type;
    c.version[i] = record.version;
    c.inner[i] = record.inner;
    c.epoch[i] = record.epoch;
    c.first[i] = stream.packets[first] as number;
    c.last[i] = stream.packets[last] as number;
    c.segments[i] = last - first + 1;
    c.content[i] = content ? this.#keep(content) : -1;
    c.contentLength[i] = content?.length ?? 0;
    c.padding[i] = record.padding;
    c.problem[i] = record.problem === null ? 0 : this.sentences.add(record.problem);
  }

  finish(): Omit<TraceTls, 'flows' | 'labelOf' | 'labels'> {
    const plain = new Uint8Array(this.#plainSize);
    let at = 0;
    for (const bytes of this.#plain) {
      plain.set(bytes, at);
      at += bytes.length;
    }
    return {
      recordCount: this.#recordCount,
      records: resized(this.#records, tlsRecordShape, this.#recordCount),
      messageCount: this.#messageCount,
      messages: resized(this.#messages, tlsMessageShape, this.#messageCount),
      plain,
      sentences: this.sentences.list,
    };
  }
}
