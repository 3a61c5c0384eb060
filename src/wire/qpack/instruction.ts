import { u8 } from '../bytes.ts';
import { prefixedEnd, prefixedSize, putPrefixed, putText, readPrefixed, readText, textSize } from '../hpack/prefix.ts';
import type { Text } from '../hpack/prefix.ts';
import { Reader } from '../tls/reader.ts';

/** What the encoder stream says (RFC 9204 §4.3). Dynamic indices count back from the newest entry, which is 0. */
export type EncoderInstruction =
  | { readonly kind: 'capacity'; readonly capacity: number }
  | {
      readonly kind: 'insert';
      /** The name itself, or the entry that has it. */
      readonly name: Text | { readonly from: 'static' | 'dynamic'; readonly index: number };
      readonly value: Text;
    }
  | { readonly kind: 'duplicate'; readonly index: number };

/** What the decoder stream says (RFC 9204 §4.4). */
export type DecoderInstruction =
  | { readonly kind: 'acknowledge'; readonly stream: number }
  | { readonly kind: 'cancel'; readonly stream: number }
  | { readonly kind: 'increment'; readonly count: number };

/** First bits and length of the prefix of each instruction, by section of RFC 9204. */
const Form = {
  capacity: [0x20, 5], // §4.3.1
  insertNamed: [0x80, 6], // §4.3.2
  insertLiteral: [0x40, 5], // §4.3.3
  duplicate: [0x00, 5], // §4.3.4
  acknowledge: [0x80, 7], // §4.4.1
  cancel: [0x40, 6], // §4.4.2
  increment: [0x00, 6], // §4.4.3
} as const;
/** Set where a name is from the static table (§4.3.2). */
const STATIC_NAME = 0x40;

export const encoderInstructionSize = (instruction: EncoderInstruction): number => {
  switch (instruction.kind) {
    case 'capacity':
      return prefixedSize(instruction.capacity, 5);
    case 'duplicate':
      return prefixedSize(instruction.index, 5);
    case 'insert': {
      const { name, value } = instruction;
      return ('from' in name ? prefixedSize(name.index, 6) : textSize(name, 5)) + textSize(value);
    }
  }
};

const putEncoderInstruction = (bytes: Uint8Array, at: number, instruction: EncoderInstruction): number => {
  switch (instruction.kind) {
    case 'capacity':
      return putPrefixed(bytes, at, ...Form.capacity, instruction.capacity);
    case 'duplicate':
      return putPrefixed(bytes, at, ...Form.duplicate, instruction.index);
    case 'insert': {
      const { name, value } = instruction;
      const [flags, bits] = Form.insertNamed;
      at =
        'from' in name
          ? putPrefixed(bytes, at, flags | (name.from === 'static' ? STATIC_NAME : 0), bits, name.index)
          : putText(bytes, at, name, ...Form.insertLiteral);
      return putText(bytes, at, value);
    }
  }
};

const number = (instruction: DecoderInstruction): number =>
  instruction.kind === 'increment' ? instruction.count : instruction.stream;

export const decoderInstructionSize = (instruction: DecoderInstruction): number =>
  prefixedSize(number(instruction), Form[instruction.kind][1]);

/** Bytes of a list of instructions of the encoder stream. */
export const encodeEncoderInstructions = (instructions: readonly EncoderInstruction[]): Uint8Array => {
  const bytes = new Uint8Array(instructions.reduce((sum, one) => sum + encoderInstructionSize(one), 0));
  let at = 0;
  for (const one of instructions) at = putEncoderInstruction(bytes, at, one);
  return bytes;
};

/** Bytes of a list of instructions of the decoder stream. */
export const encodeDecoderInstructions = (instructions: readonly DecoderInstruction[]): Uint8Array => {
  const bytes = new Uint8Array(instructions.reduce((sum, one) => sum + decoderInstructionSize(one), 0));
  let at = 0;
  for (const one of instructions) {
    const [flags, bits] = Form[one.kind];
    at = putPrefixed(bytes, at, flags, bits, number(one));
  }
  return bytes;
};

/** Reads one whole instruction of the encoder stream; the reader's problem says where it could not. */
export const readEncoderInstruction = (reader: Reader): EncoderInstruction => {
  const first = reader.u8('instruction');
  if (first >= 0x80) {
    const from = (first & STATIC_NAME) !== 0 ? 'static' : 'dynamic';
    const index = readPrefixed(reader, first, 6, 'index of the name');
    return { kind: 'insert', name: { from, index }, value: readText(reader, reader.u8('value'), 7, 'value') };
  }
  if (first >= 0x40) {
    const name = readText(reader, first, 5, 'name');
    return { kind: 'insert', name, value: readText(reader, reader.u8('value'), 7, 'value') };
  }
  return first >= 0x20
    ? { kind: 'capacity', capacity: readPrefixed(reader, first, 5, 'capacity') }
    : { kind: 'duplicate', index: readPrefixed(reader, first, 5, 'index') };
};

/** Reads one whole instruction of the decoder stream. */
export const readDecoderInstruction = (reader: Reader): DecoderInstruction => {
  const first = reader.u8('instruction');
  if (first >= 0x80) return { kind: 'acknowledge', stream: readPrefixed(reader, first, 7, 'stream id') };
  return first >= 0x40
    ? { kind: 'cancel', stream: readPrefixed(reader, first, 6, 'stream id') }
    : { kind: 'increment', count: readPrefixed(reader, first, 6, 'increment') };
};

/** The place behind the string at `at`, which may lie behind `end`; −1 where its length is not whole. */
const textEnd = (bytes: Uint8Array, at: number, end: number, bits: number): number => {
  const from = prefixedEnd(bytes, at, end, bits);
  if (from < 0) return -1;
  const reader = new Reader(bytes, at, from);
  const length = readPrefixed(reader, reader.u8('length'), bits, 'length');
  return reader.problem === null ? from + length : from;
};

/**
 * The place behind the instruction of the encoder stream at `at`, found by its lengths alone: −1 where even they are not
 * all there, more than `end` where its text is still to come.
 */
export const encoderInstructionEnd = (bytes: Uint8Array, at: number, end: number): number => {
  if (at >= end) return -1;
  const first = u8(bytes, at);
  if (first < 0x40) return prefixedEnd(bytes, at, end, 5);
  const value = first >= 0x80 ? prefixedEnd(bytes, at, end, 6) : textEnd(bytes, at, end, 5);
  if (value < 0) return -1;
  return value < end ? textEnd(bytes, value, end, 7) : value + 1;
};

/** The place behind the instruction of the decoder stream at `at`; −1 where it is not whole. */
export const decoderInstructionEnd = (bytes: Uint8Array, at: number, end: number): number =>
  at >= end ? -1 : prefixedEnd(bytes, at, end, u8(bytes, at) >= 0x80 ? 7 : 6);
