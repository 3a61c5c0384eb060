import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { ByteQueue } from '../http1/byteQueue.ts';
import { Reader } from '../tls/reader.ts';
import {
  decoderInstructionEnd,
  encoderInstructionEnd,
  readDecoderInstruction,
  readEncoderInstruction,
} from './instruction.ts';
import type { DecoderInstruction, EncoderInstruction } from './instruction.ts';

/** Longest instruction that is waited for: no entry of it would fit a table that anyone allows. */
const LONGEST = 1 << 20;

/** Cuts a stream into instructions, however its bytes come in. */
class InstructionStream<T> {
  readonly #queue = new ByteQueue();
  /** Bytes that have to be there before the next look. */
  #needed = 1;

  constructor(
    private readonly read: (reader: Reader) => T,
    private readonly endOf: (bytes: Uint8Array, at: number, end: number) => number,
  ) {}

  /** The instructions that are whole now. Fails, for good, at the first that cannot be one. */
  push(chunk: Uint8Array): Result<T[]> {
    this.#queue.push(chunk);
    const done: T[] = [];
    while (this.#queue.length >= this.#needed) {
      const { view } = this.#queue;
      const end = this.endOf(view, 0, view.length);
      this.#needed = end < 0 ? view.length + 1 : end;
      if (this.#needed > LONGEST) return this.#refuse(`is longer than ${String(LONGEST)} bytes`);
      if (end < 0 || end > view.length) continue;
      const reader = new Reader(view, 0, end);
      const instruction = this.read(reader);
      if (reader.problem !== null) return this.#refuse(`cannot be read: ${reader.problem} of it`);
      done.push(instruction);
      this.#queue.drop(end);
      this.#needed = 1;
    }
    return ok(done);
  }

  #refuse(what: string): Result<never> {
    return fail({ where: `byte ${String(this.#queue.taken)}`, what: `the instruction ${what}` });
  }
}

/** The encoder stream as it is received (RFC 9204 §4.2). */
export const encoderStream = (): InstructionStream<EncoderInstruction> =>
  new InstructionStream(readEncoderInstruction, encoderInstructionEnd);

/** The decoder stream as it is received. */
export const decoderStream = (): InstructionStream<DecoderInstruction> =>
  new InstructionStream(readDecoderInstruction, decoderInstructionEnd);
