import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { u16, u8 } from '../../wire/bytes.ts';
import { FieldWriter, grouped } from '../../wire/field.ts';
import type { Field } from '../../wire/field.ts';
import { parameterFields } from '../../wire/quic/fields/parameters.ts';
import { ExtensionType } from '../../wire/tls/codes.ts';
import { handshakeSection, messageFields } from '../../wire/tls/fields/message.ts';
import { extensionName } from '../../wire/tls/names.ts';
import type { Layer } from '../layers.ts';
import { messageLabel } from '../tls/label.ts';
import { cryptoBytes } from './cryptoBytes.ts';
import { cryptoMessages, cryptoPlace } from './crypto.ts';
import type { PlacedFrame } from './opened.ts';
import { distinct, groundAt, moved, stretch } from './place.ts';
import type { Ground } from './place.ts';

const PARAMETERS = extensionName(ExtensionType.QuicTransportParameters);
/** Type and length of an extension (RFC 8446 §4.2). */
const EXTENSION_HEADER = 4;

/** QUIC's settings ride in TLS as an extension that TLS does not look into (RFC 9001 §8.2). */
const withParameters = (bytes: Uint8Array, field: Field): Field => {
  const at = field.bit >> 3;
  const isThere = field.name === PARAMETERS && u16(bytes, at) === ExtensionType.QuicTransportParameters;
  if (!isThere) return { ...field, parts: field.parts.map((part) => withParameters(bytes, part)) };
  const parts = parameterFields(bytes, at + EXTENSION_HEADER, at + (field.bits >> 3));
  return { ...field, parts: [...field.parts.filter(({ id }) => !id.endsWith('.data')), ...parts] };
};

/** What people look for inside a list stands beside it: extensions, and QUIC's settings among them. */
const unfolded = (field: Field): Field[] =>
  /\.extensions$/.test(field.id)
    ? [
        field,
        ...field.parts.flatMap((part) =>
          part.name === PARAMETERS ? [part, ...part.parts] : part.parts.length > 0 ? [part] : [],
        ),
      ]
    : [field];

const idOf = (nth: number): Layer['id'] => (nth === 0 ? 'tls' : `tls.${nth}`);

/** A layer for each handshake message that has bytes in a CRYPTO frame; one that goes on later has its fields there. */
export const cryptoLayers = (
  trace: Trace,
  quic: TraceQuic,
  row: number,
  placed: PlacedFrame,
  ground: Ground,
  first: number,
): Layer[] => {
  const { frame, dataAt, isMissing } = placed;
  if (frame.kind !== 'crypto') return [];
  const place = cryptoPlace(trace, quic, row);
  const stream = cryptoBytes(trace, quic, place);
  const stop = frame.offset + frame.data.length;
  const here = cryptoMessages(trace, quic, place).filter(({ from, end }) => from < stop && end > frame.offset);
  return here.map(({ from, end }, k): Layer => {
    const bytes = stream.subarray(from, end);
    const name = `TLS handshake`;
    const label = messageLabel(bytes);
    const [low, high] = [Math.max(from, frame.offset), Math.min(end, stop)];
    const part = stretch(ground, dataAt + low - frame.offset, dataAt + high - frame.offset);
    const id = idOf(first + k);
    const rfc = handshakeSection(u8(bytes, 0), true);
    const common = { id, name, from: part[0], length: part[1], rfc };
    const w = new FieldWriter(id, 0, 'RFC 9001 §4.1.3');
    if (end > stop) {
      const what = `${grouped(high - low)} of ${grouped(end - from)} bytes`;
      w.add('part', 'Part of a message', part[0] * 8, part[1] * 8, what, 'it ends in a later packet');
      return { ...common, summary: `part of ${label}`, fields: w.fields };
    }
    // What began in an earlier packet lies, as a whole, on the part that is here.
    const own: Ground =
      from >= frame.offset && !isMissing ? groundAt(ground, dataAt + from - frame.offset) : { shift: 0, whole: part };
    const fields = messageFields(bytes, 0, bytes.length, true)
      .map((field) => withParameters(bytes, field))
      .flatMap(unfolded)
      .map((field) => moved(field, own, (old) => `${id}.${old.replace(/^(tls|quic)\./, '')}`));
    w.add('message', 'Message', part[0] * 8, part[1] * 8, label, `${grouped(bytes.length)} bytes`, rfc);
    return { ...common, summary: label, fields: distinct([...w.fields, ...fields]) };
  });
};
