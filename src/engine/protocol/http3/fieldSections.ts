import { NGHTTP2_POLICY } from '../../../wire/hpack/encoder.ts';
import type { DynamicTable, HeaderField } from '../../../wire/hpack/table.ts';
import { ErrorCode, Setting } from '../../../wire/http3/codes.ts';
import type { SentUnit } from '../../../wire/http/session.ts';
import { QpackDecoder } from '../../../wire/qpack/decoder.ts';
import type { ReadSection } from '../../../wire/qpack/decoder.ts';
import { QpackEncoder } from '../../../wire/qpack/encoder.ts';
import {
  encodeDecoderInstructions,
  encodeEncoderInstructions,
  readDecoderInstruction,
  readEncoderInstruction,
} from '../../../wire/qpack/instruction.ts';
import { encodeSection } from '../../../wire/qpack/section.ts';
import { Reader } from '../../../wire/tls/reader.ts';
import { asNumber } from '../../../wire/varint.ts';
import type { Result } from '../../../base/result.ts';
import type { Http3Options, Settings } from './options.ts';
import { bytesOf } from '../http2/frames.ts';
import { instructionUnit, payloadIn } from './units.ts';

const settingOf = (settings: Settings, id: number): number =>
  asNumber(settings.find((setting) => setting.id === id)?.value ?? 0);

const NOTHING: readonly SentUnit[] = [];

/** Where this end's instructions go: both are streams of its own (RFC 9204 §4.2). */
interface InstructionStreams {
  readonly encoder: number;
  readonly decoder: number;
}

/** QPACK at one end of a connection: field sections out and in, and what both tables have to say to the peer's. */
export class FieldSections {
  readonly #encoder: QpackEncoder;
  readonly #decoder: QpackDecoder;
  readonly #streams: InstructionStreams;
  readonly #fail: (code: number, reason: string) => void;
  #hasPeer = false;

  /** `fail`: bytes that mean nothing end the connection (RFC 9204 §6). */
  constructor(
    { settings, tableMost, huffman }: Pick<Http3Options, 'settings' | 'tableMost' | 'huffman'>,
    streams: InstructionStreams,
    fail: (code: number, reason: string) => void,
  ) {
    this.#encoder = new QpackEncoder({ ...NGHTTP2_POLICY, huffman }, tableMost);
    this.#decoder = new QpackDecoder(
      settingOf(settings, Setting.QpackMaxTableCapacity),
      settingOf(settings, Setting.QpackBlockedStreams),
    );
    this.#streams = streams;
    this.#fail = fail;
  }

  /** Both tables of this end: what it has inserted, and what the peer has. */
  get tables(): { readonly encoder: DynamicTable; readonly decoder: DynamicTable } {
    return { encoder: this.#encoder.table, decoder: this.#decoder.table };
  }

  /** What the peer takes. Once: the settings of the session that is resumed stay in force (RFC 9114 §7.2.4.2, RFC 9204 §3.2.3). */
  setPeer(settings: Settings): void {
    if (this.#hasPeer) return;
    this.#hasPeer = true;
    this.#encoder.setPeer(
      settingOf(settings, Setting.QpackMaxTableCapacity),
      settingOf(settings, Setting.QpackBlockedStreams),
    );
  }

  /** A section, and the instructions that have to go ahead of it. */
  encode(stream: number, fields: readonly HeaderField[]): { instructions: SentUnit[]; section: Uint8Array } {
    const { instructions, section } = this.#encoder.section(stream, fields);
    return {
      instructions: instructions.map((one) => instructionUnit(this.#streams.encoder, encodeEncoderInstructions([one]))),
      section: encodeSection(section),
    };
  }

  /** The fields of a HEADERS frame; null: it waits for entries, or the connection has failed. */
  decode(stream: number, headers: SentUnit): readonly HeaderField[] | null {
    const read = this.#take(this.#decoder.bytes(stream, payloadIn(headers)), ErrorCode.QpackDecompressionFailed);
    return read?.fields ?? null;
  }

  /** A section of this stream waits for entries (RFC 9204 §2.1.2). */
  waits(stream: number): boolean {
    return this.#decoder.waitsFor(stream) > 0;
  }

  /** An instruction of the peer's encoder: the sections that it sets free. */
  insert(instruction: SentUnit): readonly ReadSection[] {
    const read = this.#decoder.insert([readEncoderInstruction(new Reader(bytesOf(instruction)))]);
    return this.#take(read, ErrorCode.QpackEncoderStreamError) ?? [];
  }

  /** An instruction of the peer's decoder. */
  acknowledge(instruction: SentUnit): void {
    const done = this.#encoder.acknowledge([readDecoderInstruction(new Reader(bytesOf(instruction)))]);
    this.#take(done, ErrorCode.QpackDecoderStreamError);
  }

  /** The stream is not read to its end (RFC 9204 §2.2.2.2). */
  cancel(stream: number): void {
    this.#decoder.cancel(stream);
  }

  /** What is to be told to the peer's encoder of all that has come. */
  feedback(): readonly SentUnit[] {
    const said = this.#decoder.feedback();
    if (said.length === 0) return NOTHING;
    return said.map((one) => instructionUnit(this.#streams.decoder, encodeDecoderInstructions([one])));
  }

  #take<T>(result: Result<T>, code: number): T | null {
    if (result.ok) return result.value;
    this.#fail(code, result.problems[0]?.what ?? '');
    return null;
  }
}
