import { HttpKind } from '../../trace/http.ts';
import type { Trace } from '../../trace/types.ts';
import { FieldWriter, grouped } from '../../wire/field.ts';
import type { Field } from '../../wire/field.ts';
import { chunkFields, http1Fields } from '../../wire/http1/fields.ts';
import { frameFields } from '../../wire/http2/fields.ts';
import type { Layer } from '../layers.ts';
import { unitLabel } from './label.ts';
import { stateBefore } from './tables.ts';
import { headBytes } from './heads.ts';
import { unitsIn } from './units.ts';
import type { UnitPart } from './units.ts';

/** Where the stretch of a unit lies among the packet's bytes, and whether its own bytes stand there in the clear. */
interface Place {
  readonly from: number;
  readonly length: number;
  readonly isClear: boolean;
}

const moved = (field: Field, prefix: string, place: Place): Field => ({
  ...field,
  id: `${prefix}.${field.id}`,
  bit: place.isClear ? place.from * 8 + field.bit : place.from * 8,
  bits: place.isClear ? field.bits : place.length * 8,
  parts: field.parts.map((part) => moved(part, prefix, place)),
});

const fieldsOf = (trace: Trace, part: UnitPart): readonly Field[] => {
  const { kind } = (trace.http as NonNullable<Trace['http']>).units;
  const bytes = headBytes(trace, part.unit);
  if (!bytes) return [];
  switch (kind[part.unit]) {
    case HttpKind.Frame:
      return frameFields(bytes, 0, bytes.length, stateBefore(trace, part.unit));
    case HttpKind.Request:
    case HttpKind.Response:
      return http1Fields(bytes, 0, bytes.length);
    case HttpKind.Chunk:
    case HttpKind.LastChunk:
      return chunkFields(bytes, 0, bytes.length);
    default:
      return [];
  }
};

/** Two lines may have one name: the second of both gets a number behind it. */
const distinct = (fields: readonly Field[]): Field[] => {
  const seen = new Map<string, number>();
  return fields.map((field) => {
    const n = (seen.get(field.id) ?? 0) + 1;
    seen.set(field.id, n);
    return n === 1 ? field : { ...field, id: `${field.id}.${String(n)}` };
  });
};

const isHttp2 = (trace: Trace, unit: number): boolean => {
  const { kind } = (trace.http as NonNullable<Trace['http']>).units;
  return kind[unit] === HttpKind.Frame || kind[unit] === HttpKind.Preface;
};

const layerOf = (trace: Trace, part: UnitPart, nth: number, place: Place): Layer => {
  const { units } = trace.http as NonNullable<Trace['http']>;
  const two = isHttp2(trace, part.unit);
  const rfc = two ? 'RFC 9113 §4' : 'RFC 9112 §2';
  const id = nth === 0 ? 'http' : (`http.${String(nth)}` as `http.${number}`);
  const prefix = `http.${String(nth)}`;
  const w = new FieldWriter(prefix, place.from, rfc);
  const size = units.size[part.unit] as number;
  const body = units.body[part.unit] as number;
  const where = part.isStart ? (part.isEnd ? '' : 'begins here') : part.isEnd ? 'ends here' : 'goes on here';
  if (where !== '') w.add('part', 'Part', 0, place.length * 8, where, `of ${grouped(size)} bytes`);
  const from = units.from[part.unit] as number;
  const fields = fieldsOf(trace, part);
  const lit = { ...place, isClear: place.isClear && part.isStart };
  const content =
    body > 0
      ? [
          w.make(
            'body',
            'Body',
            0,
            place.length * 8,
            `${grouped(body)} bytes`,
            `from byte ${grouped(from)} of the answer`,
          ),
        ]
      : [];
  return {
    id,
    name: two ? 'HTTP/2 frame' : 'HTTP/1 message',
    summary: unitLabel(trace, part.unit) + (where === '' ? '' : `, ${where}`),
    from: place.from,
    length: place.length,
    rfc,
    fields: [...w.fields, ...distinct(fields.map((field) => moved(field, prefix, lit))), ...content],
  };
};

/** A layer for each message or frame of HTTP that has bytes in a segment, whose payload begins at byte `at`. Empty where there is none. */
export const httpLayers = (trace: Trace, packet: number, at: number): Layer[] => {
  const offset = trace.packets.offset[packet] as number;
  const flow = trace.packets.flow[packet] as number;
  const isClear = trace.tls?.flows.some((one) => one.flow === flow) !== true;
  return unitsIn(trace, packet).map((part, nth) =>
    layerOf(trace, part, nth, { from: at + part.from - offset, length: part.to - part.from, isClear }),
  );
};
