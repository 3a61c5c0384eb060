import type { HeaderField } from '../../../src/wire/hpack/table.ts';
import type { SentUnit } from '../../../src/wire/http/session.ts';
import { StreamReader } from '../../../src/wire/http3/stream.ts';
import type { StreamFrame, StreamKind } from '../../../src/wire/http3/stream.ts';
import { QpackDecoder } from '../../../src/wire/qpack/decoder.ts';
import { encoderStream } from '../../../src/wire/qpack/instructionStream.ts';

/** A unit's bytes; those of a body are zeros. */
const bytesOf = (unit: SentUnit): Uint8Array => {
  const bytes = new Uint8Array(unit.head.length + unit.body);
  for (let i = 0; i < unit.head.length; i++) bytes[i] = unit.head.charCodeAt(i);
  return bytes;
};

/** All bytes that a side sent on a stream, body bytes as zeros. */
export const streamBytes = (units: readonly SentUnit[], stream: number): Uint8Array =>
  Uint8Array.from(units.filter((unit) => unit.stream === stream).flatMap((unit) => [...bytesOf(unit)]));

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export interface Decoded {
  readonly kinds: ReadonlyMap<number, StreamKind | null>;
  readonly frames: readonly (StreamFrame & { readonly stream: number })[];
  readonly fields: ReadonlyMap<number, readonly HeaderField[]>;
  /** Bytes in DATA frames, by stream. */
  readonly bodies: ReadonlyMap<number, number>;
}

/** Reads what one side sent as if it came from the wire, in the order in which it was made. `capacity`, `blocked`: what the other side allows. */
export const decode = (units: readonly SentUnit[], capacity: number, blocked: number): Decoded => {
  const readers = new Map<number, StreamReader>();
  const qpack = new QpackDecoder(capacity, blocked);
  const instructions = encoderStream();
  const frames: (StreamFrame & { stream: number })[] = [];
  const fields = new Map<number, readonly HeaderField[]>();
  const bodies = new Map<number, number>();
  for (const unit of units) {
    const { stream } = unit;
    const reader = readers.get(stream) ?? new StreamReader(stream % 4 >= 2 ? 'unidirectional' : 'bidirectional');
    readers.set(stream, reader);
    const read = reader.read(bytesOf(unit));
    if (read.refused) throw new Error(read.refused.problems[0]?.what);
    if (reader.kind === 'qpackEncoder' && read.bytes) {
      const done = instructions.push(read.bytes);
      if (!done.ok) throw new Error(done.problems[0]?.what);
      const inserted = qpack.insert(done.value);
      if (!inserted.ok) throw new Error(inserted.problems[0]?.what);
    }
    for (const one of read.frames) {
      frames.push({ ...one, stream });
      if (one.frame.kind === 'data') bodies.set(stream, (bodies.get(stream) ?? 0) + one.frame.data.length);
      if (one.frame.kind !== 'headers') continue;
      const section = qpack.bytes(stream, one.frame.section);
      if (!section.ok) throw new Error(section.problems[0]?.what);
      if (section.value)
        fields.set(
          stream,
          section.value.fields.map(({ name, value }) => ({ name, value })),
        );
    }
  }
  return { kinds: new Map([...readers].map(([id, { kind }]) => [id, kind])), frames, fields, bodies };
};
